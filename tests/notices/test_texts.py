"""The words of every kind of notice: complete in each language, and short enough for an SMS."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import ngoma
from ngoma.base.references import make, show
from ngoma.notices import sms, texts
from ngoma.notices.planning import TOLD
from ngoma.notices.telling import OF_CASE, OF_PLACE

PACKS = Path(ngoma.__file__).with_name("packs")
LANGUAGES = sorted(texts.languages())
KINDS = sorted(
    {*TOLD.values(), "split", "unanswered", "code", "news", "alert", "handed_on", "digest"}
)
FIELDS = {
    "reference", "city", "what", "link", "answer_due", "due", "missed", "reply_by", "close_on",
    "department", "body", "phone", "into", "text", "code", "minutes", "news",
    "stop", "who", "words", "where", "days", "bursts", "loads", "pin",
}  # fmt: skip
SECRET = "x" * 24


def test_four_languages_are_shipped() -> None:
    assert {"en", "ko", "lg", "sw"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_words(language: str) -> None:
    assert texts.kinds(language) == set(KINDS)
    assert set(texts.stop_page(language)) == {
        *("ask", "button", "done", "ask_follower", "done_follower")
    }
    for kind in KINDS:
        words = texts.words(kind, language)
        english = texts.words(kind, "en")
        named = [{*texts.named(part)} for part in (*words.sms, words.subject, *words.mail)]
        assert set().union(*named) <= FIELDS
        # What one language tells, every language tells.
        for field in FIELDS - {"body"}:
            told = [f"{{{field}}}" in "".join(each.sms) for each in (words, english)]
            assert told[0] == told[1], (kind, field)
            told = [f"{{{field}}}" in "".join(each.mail) for each in (words, english)]
            assert told[0] == told[1], (kind, field)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_has_the_same_lines_in_every_language(language: str) -> None:
    for name in ("day", "day_alone", "word", "burst", "load", "nobody"):
        named = set(texts.named(texts.morning(name, language)))
        assert named == set(texts.named(texts.morning(name, "en"))), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_followers_are_told_of_the_same_in_every_language(language: str) -> None:
    for kind in OF_CASE | OF_PLACE:
        named = [set(texts.named(part)) for part in texts.news(kind, language)]
        assert named == [set(texts.named(part)) for part in texts.news(kind, "en")]
        assert set().union(*named) <= FIELDS


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(LookupError):
        texts.words("received", "xx")
    assert texts.nearest("xx", "lg", "en") == "lg"
    assert texts.nearest("xx") == "en"


def test_a_part_without_its_field_is_left_out() -> None:
    parts = ("{reference}: accepted.", "By {due}.", "{link}")
    fields = {"reference": "KLA", "due": "", "link": "L"}
    assert texts.fill(parts, fields) == ["KLA: accepted.", "L"]


def test_what_people_wrote_is_no_template() -> None:
    assert texts.fill(("{text}",), {"text": "{link} {0}"}) == ["{link} {0}"]


def test_dates_are_in_the_language() -> None:
    at = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Africa/Kampala"))
    assert texts.date(at, "en", long=False) == "Tue 24 Nov 09:30"
    assert texts.date(at, "lg", long=False) == "Lw2 24 Nov 09:30"
    assert texts.date(at, "sw", long=True) == "Jumanne 24 Novemba 2026, saa 09:30"
    assert texts.date(at, "ko", long=False) == "11월 24일(화) 09:30"


@cache
def _pack(name: str) -> dict[str, Any]:
    read = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (PACKS / name).glob("*.toml")
    }
    return read["city"] | {"bodies": read.get("reasons", {}).get("body", [])}


def _longest(fields: list[Mapping[str, str]], language: str) -> str:
    return max((each.get(language, "") for each in fields), key=len, default="")


CASES = [
    (path.name, language, kind)
    for path in sorted(PACKS.iterdir())
    if (path / "city.toml").is_file()
    for language in _pack(path.name)["languages"]
    if language in LANGUAGES
    for kind in KINDS
]


@pytest.mark.parametrize(("pack", "language", "kind"), CASES)
def test_the_frame_of_every_sms_is_short(pack: str, language: str, kind: str) -> None:
    """With the longest names and dates: one segment of the GSM alphabet, two of the larger one."""
    city = _pack(pack)
    reference = show(make(city["reference"]["prefix"], 7_000_000))
    widest = max(
        (
            texts.date(datetime(2026, month, 28, 23, 59), language, long=False)
            for month in range(1, 13)
        ),
        key=len,
    )
    fields = dict.fromkeys(FIELDS, widest) | {
        "reference": reference,
        "into": reference,
        "city": city["name"][language],
        "body": _longest([body["name"] for body in city["bodies"]], language),
        "phone": max((body.get("phone", "") for body in city["bodies"]), key=len, default=""),
        "link": f"https://ngoma.example/{city['slug']}/{language}/r/KLA2345678/{SECRET}",
        "text": "",
        "minutes": "15",
    }
    for one in ({"pin": "", "code": "123456"}, {"pin": "1234", "code": ""}):
        line = sms.plain(" ".join(texts.fill(texts.words(kind, language).sms, fields | one)))
        carries_words = "{text}" in texts.words(kind, language).sms
        most = 1 if sms.is_gsm(line) and not carries_words else 2
        assert sms.segments(line) <= most, (len(line), line)
        assert line.endswith(fields["link"]) or kind == "code"
