"""How much of what leads to a person is found: a set that is made, for no labelled one is public.

Into real texts are put telephone numbers, addresses, ids, plates and names by the formats of two
countries, drawn by lot from a fixed seed, bare or as people announce them. What else is found in
these texts counts as false, though some of it may be somebody's.
"""

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec

from ngoma.triage.privacy import find_private

TIMES = 400
"""Values of each kind, language and way of saying it."""


class Hidden(msgspec.Struct):
    """Values of a kind in texts of a language: the share of them that is hidden to the last sign,
    and the share of what was hidden that lay in one."""

    language: str
    kind: str
    values: int
    recall: float
    precision: float


Make = Callable[[Random], str]

_LATIN = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SIGNS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자허하호"
_GIVEN = ("John", "Sarah", "Moses", "Grace", "Peter", "Aisha", "Brian", "Ritah", "Hassan", "Mercy")
_FAMILY = ("Okello", "Nakato", "Ssemakula", "Mugisha", "Achieng", "Kizza", "Lubega", "Wasswa")
_KOREAN = "김이박최정강조윤장임한오서신권황안송류홍"
_SYLLABLES = "민서준지현수영은호진우연미정혜철성경희훈"


def _digits(lot: Random, number: int) -> str:
    return "".join(str(lot.randrange(10)) for _ in range(number))


def _letters(lot: Random, number: int) -> str:
    return "".join(lot.choice(_LATIN) for _ in range(number))


def _phone_ug(lot: Random) -> str:
    start = lot.choice(["70", "74", "75", "76", "77", "78"])
    a, b, c = start + _digits(lot, 1), _digits(lot, 3), _digits(lot, 3)
    forms = ["0{}{}{}", "0{} {} {}", "0{}-{}-{}", "+256 {} {} {}", "+256{}{}{}", "256{}{}{}"]
    return lot.choice([*forms, "0{} {}{}"]).format(a, b, c)


def _phone_kr(lot: Random) -> str:
    a, b = str(lot.randrange(2, 10)) + _digits(lot, 3), _digits(lot, 4)
    forms = ["010-{}-{}", "010{}{}", "010 {} {}", "010.{}.{}", "+82 10-{}-{}", "02-{}-{}"]
    return lot.choice(forms).format(a, b)


def _email(lot: Random) -> str:
    user = lot.choice(_GIVEN).lower() + lot.choice(["", ".", "_"]) + _digits(lot, 2)
    host = lot.choice(["gmail.com", "naver.com", "yahoo.co.uk", "kcca.go.ug", "daum.net"])
    return lot.choice(["{}@{}", "{}@{}", "{} @ {}", "{}(at){}", "{} [at] {}"]).format(user, host)


def _id_ug(lot: Random) -> str:
    head = lot.choice(["CM", "CF"])
    return lot.choice([str.upper, str.lower])(f"{head}{_digits(lot, 8)}{_letters(lot, 4)}")


def _id_kr(lot: Random) -> str:
    day = f"{lot.randrange(100):02}{lot.randrange(1, 13):02}{lot.randrange(1, 29):02}"
    rest = str(lot.randrange(1, 5))
    tail = lot.choice([_digits(lot, 6), "******"])
    return day + lot.choice(["-", "", " - "]) + rest + tail


def _plate_ug(lot: Random) -> str:
    old = f"U{lot.choice('ABDEF')}{_letters(lot, 1)}{{}}{_digits(lot, 3)}{_letters(lot, 1)}"
    new = f"UA{{}}{_digits(lot, 3)}{_letters(lot, 2)}"
    plate = lot.choice([old, old, new]).format(lot.choice([" ", ""]))
    return lot.choice([plate, plate.lower()])


def _plate_kr(lot: Random) -> str:
    region = lot.choice(["", "", "서울 ", "경기"])
    sign = lot.choice(_SIGNS)
    number = _digits(lot, 2 if region else lot.choice([2, 3]))
    return f"{region}{number}{sign}{lot.choice([' ', ''])}{_digits(lot, 4)}"


def _name(lot: Random) -> str:
    return f"{lot.choice(_GIVEN)} {lot.choice(_FAMILY)}"


def _name_kr(lot: Random) -> str:
    return lot.choice(_KOREAN) + lot.choice(_SYLLABLES) + lot.choice(_SYLLABLES)


def _oddly(lot: Random) -> str:
    """A telephone number or an address, written so that no machine shall find it."""
    a, b, c = "77" + _digits(lot, 1), _digits(lot, 3), _digits(lot, 3)
    forms = ["0{}_{}_{}", "O{} {}{}", "0{},{},{}", "0{}/{}{}", "+256(0){} {}{}", "0{}.{}.{}"]
    said = lot.choice(forms).format(a, b, c)
    spaced = " ".join(f"0{a}{b}{c}")
    user = lot.choice(_GIVEN).lower()
    return lot.choice([said, said, said, spaced, f"{user} at gmail dot com", f"{user}@gmail"])


def _oddly_kr(lot: Random) -> str:
    a, b = str(lot.randrange(2, 10)) + _digits(lot, 3), _digits(lot, 4)
    forms = ["공일공-{}-{}", "O1O-{}-{}", "010·{}·{}", "010 - {} - {}", "010){}-{}", "010/{}/{}"]
    said = lot.choice(forms).format(a, b)
    wide = f"010-{a}-{b}".translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    return lot.choice([said, said, wide])


_BARE = ("{}",)
_SAID: dict[str, dict[str, Sequence[str]]] = {
    "en": {
        "phone": (*_BARE, "call {}", "my number is {}", "Tel:{}", "({})"),
        "name": ("My name is {}.", "I am {}.", "Regards, {}", "ask for Mr {}", "Name: {}"),
        "name, not announced": ("{} knows it.", "{} was there"),
    },
    "lg": {
        "phone": (*_BARE, "ennamba yange {}", "nkubira ku {}"),
        "name": ("Nze {}.", "Erinnya lyange {}.", "Mukyala {}"),
        "name, not announced": ("{} akimanyi.",),
    },
    "sw": {
        "phone": (*_BARE, "namba yangu ni {}", "nipigie {}"),
        "name": ("Jina langu ni {}.", "Naitwa {}.", "Mimi ni {}."),
        "name, not announced": ("{} anajua.",),
    },
    "ko": {
        "phone": (*_BARE, "연락처 {}", "{}으로 연락 주세요", "전화:{}"),
        "name": ("제 이름은 {}입니다.", "{} 씨가 압니다.", "{}님께 물어보세요.", "성명: {}"),
        "name, not announced": ("{}이 압니다.",),
    },
}
_UG: dict[str, Make] = {
    "phone": _phone_ug, "written oddly": _oddly, "email": _email, "national_id": _id_ug,
    "plate": _plate_ug, "name": _name, "name, not announced": _name,
}  # fmt: skip
_KR: dict[str, Make] = {
    "phone": _phone_kr, "written oddly": _oddly_kr, "email": _email, "national_id": _id_kr,
    "plate": _plate_kr, "name": _name_kr, "name, not announced": _name_kr,
}  # fmt: skip
NOT_ANNOUNCED = "name, not announced"


def measure(texts: Path | None, times: int = TIMES) -> list[Hidden]:
    """Each kind in each language, and last all that triage means to find, together; without
    `texts` in reports of the packs alone."""
    found: list[Hidden] = []
    every = [0, 0, 0, 0]
    for code, said in _texts(texts).items():
        makes, country = (_KR, "KR") if code == "ko" else (_UG, "UG")
        for kind, make in makes.items():
            ways = _SAID[code].get(kind, _BARE)
            lot = Random(f"{code} {kind}")
            counts = _counted(lot, times, said, ways, make, country)
            found.append(_hidden(code, kind, counts))
            if kind != NOT_ANNOUNCED:
                every = [a + b for a, b in zip(every, counts, strict=True)]
    return [*found, _hidden("all", "all but the last kind", every)]


def _counted(
    lot: Random, times: int, said: Sequence[str], ways: Sequence[str], make: Make, country: str
) -> list[int]:
    """Values, those hidden, parts hidden, and those of them that lie in a value."""
    hidden = parts = rightly = 0
    for _ in range(times):
        value = make(lot)
        words = lot.choice(said).split(" ")
        at = lot.randrange(len(words) + 1)
        before = " ".join([*words[:at], ""])
        around = lot.choice(ways)
        start = len(before) + around.index("{}")
        text = before + around.format(value) + " ".join(["", *words[at:]])
        end = start + len(value)
        spans = find_private(text, country)
        covered = {sign for span in spans for sign in range(span.start, span.end)}
        hidden += all(sign in covered for sign in range(start, end) if text[sign].isalnum())
        parts += len(spans)
        rightly += sum(span.start < end and start < span.end for span in spans)
    return [times, hidden, parts, rightly]


def _hidden(language: str, kind: str, counts: Sequence[int]) -> Hidden:
    values, hidden, parts, rightly = counts
    return Hidden(language, kind, values, hidden / values, rightly / parts if parts else 0.0)


def _texts(texts: Path | None) -> dict[str, list[str]]:
    """Texts of up to 400 characters: reports of the packs; petitions, requests and messages."""
    found: dict[str, list[str]] = {"en": [], "lg": [], "sw": [], "ko": []}
    for city in ("kampala", "seoul"):
        for row in _rows(Path(str(files("ngoma") / "packs" / city / "demo.jsonl"))):
            found[row["language"]].append(row["words"])
    if texts is None:
        return found
    for code, name in (("lg", "lug_injongo"), ("sw", "swa_injongo"), ("ko", "ko_bluehouse")):
        found[code] += [row["text"] for row in _rows(texts / f"{name}.jsonl")]
    messages = _rows(texts / "en_disaster_danger.jsonl")
    found["en"] += [row["text"] for row in messages if row["genre"] == "direct"]
    return {code: [text[:400] for text in said] for code, said in found.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
