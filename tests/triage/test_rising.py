"""Rising words: what is said more often is found, and hardly ever anything where nothing rises."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage.rising import LEAST_CASES, LEAST_REPORTS, LONGEST, Said, rising, terms

pytestmark = pytest.mark.once
WEEK, BEFORE = 200, 1600
"""Texts of the recent time and of the weeks before."""


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Texts of ten words, some common, most of them rare, as words are."""
    draw = np.random.default_rng(1)
    words = np.array([f"w{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600)])
    often = 1 / np.arange(1, 601)
    drawn = draw.choice(words, (WEEK + BEFORE, 10), p=often / often.sum())
    return [" ".join(each) for each in drawn]


def said(texts: Sequence[str]) -> list[Said]:
    return [Said(number, text) for number, text in enumerate(texts)]


def words(recent: Sequence[str], past: Sequence[str]) -> list[str]:
    return [each.words for each in rising(said(recent), past)]


def test_in_shuffled_texts_hardly_ever_a_word_rises(texts: list[str]) -> None:
    draw = np.random.default_rng(2)
    alarms = 0
    for _ in range(100):
        mixed = [texts[n] for n in draw.permutation(len(texts))]
        alarms += bool(words(mixed[:WEEK], mixed[WEEK:]))
    assert alarms <= 5


@pytest.mark.parametrize("number", [12, 30])
def test_a_phrase_that_nobody_said_before_is_found_whole(texts: list[str], number: int) -> None:
    recent = texts[: WEEK - number] + ["The burst pipe!"] * number
    (found,) = rising(said(recent), texts[WEEK:])
    assert found.words == "the burst pipe"
    assert (found.reports, found.before) == (number, 0)
    assert found.cases == tuple(range(WEEK - number, WEEK))


def test_of_what_is_also_said_otherwise_the_word_stands_for_itself(texts: list[str]) -> None:
    others = [f"pipe {text}" for text in texts[:20]]
    recent = texts[20 : WEEK - 20] + others + ["burst pipe"] * 6
    assert words(recent, texts[WEEK:]) == ["pipe"]


def test_a_common_word_that_is_said_more_often_rises_too(texts: list[str]) -> None:
    common = "waa"
    recent = [f"{common} {text}" for text in texts[:WEEK]]
    assert common in words(recent, texts[WEEK:])


def test_forms_of_a_korean_word_are_one(texts: list[str]) -> None:
    forms = (
        "가로등이 꺼졌어요",
        "가로등을 고쳐 주세요",
        "우리 골목 가로등도 어두워요",
        "가로등 고장",
    )
    past = ["쓰레기가 많아요", "도로가 파였어요", "소음이 심해요"] * 200
    recent = past[:60] + list(forms) * 4
    found = words(recent, past)
    assert found[0] == "가로등"
    assert not any(each.startswith("가로등") for each in found[1:])


def test_what_too_few_say_tells_of_nobody(texts: list[str]) -> None:
    few = texts[:WEEK] + ["unheard"] * (LEAST_REPORTS - 1)
    assert words(few, texts[WEEK:]) == []
    one_case = said(texts[:WEEK]) + [Said(n % (LEAST_CASES - 1), "unheard") for n in range(30)]
    assert "unheard" not in [each.words for each in rising(one_case, texts[WEEK:])]


def test_nothing_rises_where_nothing_was_before_or_is_now(texts: list[str]) -> None:
    assert rising([], texts) == []
    assert rising(said(texts[:WEEK]), []) == []


def test_saying_it_twice_counts_once(texts: list[str]) -> None:
    past = texts[WEEK:]
    once = rising(said([*texts[:WEEK], *["leak here"] * 15]), past)
    twice = rising(said([*texts[:WEEK], *["leak here, leak here"] * 15]), past)
    assert [each.words for each in once] == [each.words for each in twice] == ["leak here"]
    assert once[0].reports == twice[0].reports


@given(st.text(max_size=80))
def test_terms_are_words_and_phrases_of_the_text(text: str) -> None:
    for term in terms(text):
        assert 1 <= len(term.split()) <= LONGEST
        assert not any(word.isdigit() for word in term.split())


def test_no_phrase_goes_across_a_mark_or_a_number() -> None:
    assert list(terms("No light. Pole 12 fell")) == ["no", "no light", "light", "pole", "fell"]
