"""Search terms: what is part of a text is found by them, in any script."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ngoma.base.syllables import pairs, query

SYLLABLES = "가로등고장강남구청도로파손道路破損ทางเท้าชำรุดゴミカド"
texts = st.text(SYLLABLES + "   .,\n" + "Aé3", max_size=30)


def found(part: str, text: str) -> bool:
    return set(query(part)) <= set(pairs(text))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Pothole on Kampala Road, 2 m deep!", "pothole on kampala road 2 m deep"),
        ("Ekinnya ku luguudo", "ekinnya ku luguudo"),
        ("n'abantu ng’ombe", "n abantu ng ombe"),
        ("Straße ÉCLAIRAGE façade Žižkov", "strasse eclairage facade zizkov"),
        ("snake_case FULLwidth ①", "snake case fullwidth 1"),
        ("가로등", "가로 로등"),
        ("가로등 고장", "가로 로등 고장 등고"),
        ("물이 새요", "물이 새요 이새"),
        ("CCTV설치 3층", "cctv 설치 3 층"),
        ("道路破損", "道路 路破 破損"),
        ("ゴミ", "ゴミ"),
        ("ถนน", "ถน นน"),
        ("सड़क टूटी", "सड़क टूटी"),
        ("الشَّارِع", "الشارع"),
        ("", ""),
        (" …!?_ ", ""),
    ],
)
def test_terms_of_a_text(text: str, terms: str) -> None:
    assert pairs(text) == terms.split()


def test_one_spelling_for_text_taken_apart() -> None:
    apart = unicodedata.normalize("NFD", "가로등")
    assert pairs(apart) == query(apart) == ["가로", "로등"]
    assert pairs("cafe\u0301") == pairs("café") == ["cafe"]


@given(texts, texts, st.text(SYLLABLES, min_size=2, max_size=10), texts, texts)
def test_a_text_is_found_by_any_part_from_two_syllables_up(
    before: str, start: str, run: str, end: str, after: str
) -> None:
    part = start + run + end
    for cut in (before[-1:] + part[0], part[-1] + after[:1]):
        # A Latin word cut in two is another word.
        assume(not (len(cut) == 2 and set(cut) <= set("Aé3")))
    assert found(part, before + part + after)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("가로등고장", "우리 집 앞 가로등 고장 신고합니다"),
        ("가로등 고장", "가로등고장"),
        ("남구청", "강남구청 앞"),
        ("구12길", "강남구12길"),
        ("구 역", "강남구 역삼동"),
        ("파손", "도로파손으로"),
        ("파손 도로", "도로가 파손"),
        ("eclairage", "l'Éclairage public"),
        ("POTHOLE road", "the road has a pothole"),
        ("3층", "건물 3층"),
        ("층", "건물 3층"),
    ],
)
def test_residents_find_what_they_mean(part: str, text: str) -> None:
    assert found(part, text)


def test_other_words_are_not_found() -> None:
    assert not found("가로수", "가로등 고장")
    assert not found("pothole", "potholes")
    assert not found("도로 침수", "도로 파손")


@given(st.text(max_size=60))
def test_any_text_finds_itself_and_gives_plain_terms(text: str) -> None:
    terms = pairs(text)
    assert set(query(text)) <= set(terms)
    assert len(set(terms)) == len(terms)
    assert bool(query(text)) == bool(terms)
    assert all(term and not any(c.isspace() for c in term) for term in terms)
