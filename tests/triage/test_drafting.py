"""A draft says what the city says and what many cases were told, and nothing of one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.blanks import blank, blanks, without_blanks
from ngoma.base.syllables import pairs
from ngoma.triage.cutting import cut, spans
from ngoma.triage.drafting import Borrowing, Source, What, borrowed, common_terms, draft

LABELS: dict[What, str] = {"date": "date", "number": "number", "name": "name", "fact": "what"}
OWN = ["Thank you for telling us. In danger call 999.", "감사합니다."]
ANSWERS = [
    "The hole was filled with asphalt on Tuesday. Dear Nakato, thank you.",
    "The hole at Bwaise was filled by Okello’s team with asphalt at 14:30, call 0772 123456.",
    "Dear Nakato, the hole was filled with asphalt. Plate UAX 123A was towed.",
    "The hole in Bwaise was filled and Nakato Sarah’s gate was mended.",
    "Bwaise: the hole was filled, 3 loads.",
    "파인 곳을 다시 포장했습니다.",
    "김철수님 댁 앞 파인 곳을 화요일에 다시 포장했습니다.",
    "파인 곳을 6미터 다시 포장했습니다.",
]
COMMON = common_terms(OWN, ["Bwaise", "Kasubi"], ANSWERS, "UG")


def lent(sentence: str, language: str = "en") -> str | None:
    country = "KR" if language == "ko" else "UG"
    return borrowed(sentence, Borrowing(COMMON, language, country, LABELS))


@pytest.mark.parametrize(
    ("said", "language", "stays"),
    [
        ("The hole was filled with asphalt.", "en", "The hole was filled with asphalt."),
        ("The hole was filled, Tuesday.", "en", "The hole was filled, [___ date]."),
        ("The hole at Bwaise was filled.", "en", "The hole [___ what] was filled."),
        ("Dear Nakato, the hole was filled.", "en", "[___ what], the hole was filled."),
        ("In danger call 999.", "en", "In danger call 999."),
        ("In danger call 0772 123456.", "en", "In danger call [___ number]."),
        ("The hole was filled with 12 loads.", "en", "The hole was filled with [___ what]."),
        ("Nakato, the hole was filled.", "en", "[___ what], the hole was filled."),
        ("Okello and Sarah mended the gate of Kizza.", "en", None),
        ("파인 곳을 6미터 다시 포장했습니다.", "ko", "파인 곳을 [___ number] 다시 포장했습니다."),
        ("파인 곳을 화요일에 다시 포장했습니다.", "ko", "파인 곳을 [___ date] 다시 포장했습니다."),
        ("김철수님 파인 곳을 다시 포장했습니다.", "ko", "[___ what] 파인 곳을 다시 포장했습니다."),
    ],
)  # fmt: skip
def test_only_what_many_cases_were_told_is_borrowed(
    said: str, language: str, stays: str | None
) -> None:
    assert lent(said, language) == stays


@given(words=st.lists(st.sampled_from(" ".join(ANSWERS).split()), max_size=8))
def test_whatever_is_said_a_word_of_one_case_never_passes(words: list[str]) -> None:
    for language in ("en", "ko"):
        stays = without_blanks(lent(" ".join(words), language) or "")
        assert all(term in COMMON for word in stays.split() for term in pairs(word))
        for private in ("0772", "철수", "123A", "Okello", "Nakato", "Sarah"):
            assert private not in stays


def test_every_sentence_knows_where_it_is_from_and_none_is_said_twice() -> None:
    template = Source("template", "filled", "Thank you for telling us. It was done on [___ date].")
    first = Source("case", 7, "Okello mended Sarah’s gate.")
    second = Source("case", 8, "Thank you for telling us! The hole was filled with asphalt.")
    third = Source("case", 9, "The hole was filled.")
    article = Source("article", "danger", "In danger call 999. Keep away.")
    found = draft(
        template, [first, second, third], [article], Borrowing(COMMON, "en", "UG", LABELS)
    )
    assert [(each.text, each.source) for each in found.sentences] == [
        ("Thank you for telling us.", template),
        ("It was done on [___ date].", template),
        ("The hole was filled with asphalt.", second),
        ("In danger call 999.", article),
        ("Keep away.", article),
    ]
    assert found.text.startswith("Thank you for telling us. It was done")
    assert blanks(found.text) == ["[___ date]"]


def test_nothing_makes_an_empty_draft() -> None:
    assert draft(None, [], [], Borrowing((), "xx-none", "", LABELS)).text == ""


def test_sentences_are_cut_where_they_end() -> None:
    text = 'At 7 a.m. on Monday! "Come." 물이 없어요. 도로\nx 道路坏了。请修。'
    assert cut(text) == [
        "At 7 a.m. on Monday!", '"Come."', "물이 없어요.", "도로", "x 道路坏了。", "请修。",
    ]  # fmt: skip


@given(text=st.text(alphabet="aé. !?。\n\"'字가[_"))
def test_no_letter_lies_outside_of_a_sentence(text: str) -> None:
    inside = "".join(text[start:end] for start, end in spans(text))
    assert "".join(inside.split()) == "".join(text.split())


@given(what=st.text())
def test_a_blank_is_found_whatever_it_is_called(what: str) -> None:
    made = blank(what)
    assert blanks(f"by {made}, please [sic] _") == [made]
    assert without_blanks(made).strip() == ""
