"""References: one for each number, unlike its neighbours, and no slip of the tongue passes."""

import string
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.references import ALPHABET, BadReference, make, read, show

FIRST_LONGER = 23**5
MOST = sum(23**length for length in range(5, 10))
prefixes = st.text(string.ascii_uppercase, min_size=3, max_size=3)
numbers = st.one_of(st.integers(0, 1000), st.integers(0, MOST - 1))
references = st.builds(make, prefixes, numbers)


@given(prefixes, numbers)
def test_a_reference_reads_as_itself_however_it_is_written(prefix: str, number: int) -> None:
    reference = make(prefix, number)
    assert reference.startswith(prefix)
    assert set(reference[3:]) <= set(ALPHABET)
    for text in (
        reference,
        show(reference),
        reference.lower(),
        f" {show(reference).replace(' ', '-')}\n",
        f"#{'.'.join(reference)}",
        "".join(chr(ord(c) + 0xFEE0) for c in reference),
    ):
        assert read(text) == reference


def test_numbers_in_a_row_give_different_references_without_pattern() -> None:
    many = [make("KLA", number) for number in range(200_000)]
    assert len(set(many)) == len(many)
    for place in range(3, 9):
        same = sum(a[place] == b[place] for a, b in pairwise(many))
        assert same / len(many) < 0.1  # by chance 1/23
        assert {reference[place] for reference in many[:2000]} == set(ALPHABET)


@given(st.lists(numbers, min_size=2, max_size=50, unique=True))
def test_different_numbers_never_share_a_reference(some: list[int]) -> None:
    assert len({make("SEL", number) for number in some}) == len(some)


def test_the_last_numbers_of_a_length_are_different_too() -> None:
    edge = range(FIRST_LONGER - 50_000, FIRST_LONGER)
    assert len({make("SEL", n) for n in edge} | {make("SEL", n) for n in range(50_000)}) == 100_000


def test_length_grows_only_when_needed() -> None:
    assert [len(make("KLA", n)) - 3 for n in (0, FIRST_LONGER - 1)] == [6, 6]
    assert len(make("KLA", FIRST_LONGER)) - 3 == 7
    assert len(make("KLA", 150_000_000)) - 3 == 7
    assert len(make("KLA", MOST - 1)) - 3 == 10
    for number in (-1, MOST):
        with pytest.raises(ValueError):
            make("KLA", number)


@given(references, st.data())
def test_every_single_wrong_character_is_caught(reference: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(3, len(reference) - 1))
    for wrong in set(ALPHABET) - {reference[place]}:
        with pytest.raises(BadReference) as caught:
            read(reference[:place] + wrong + reference[place + 1 :])
        assert caught.value.reason == "check"


@given(references)
def test_every_exchange_of_two_characters_is_caught(reference: str) -> None:
    for one in range(3, len(reference)):
        for other in range(one + 1, len(reference)):
            if reference[one] != reference[other]:
                wrong = list(reference)
                wrong[one], wrong[other] = wrong[other], wrong[one]
                with pytest.raises(BadReference):
                    read("".join(wrong))


@given(references)
def test_the_prefix_exchanged_with_the_number_is_caught(reference: str) -> None:
    last, first = reference[2], reference[3]
    if last != first and {last, first} <= set(ALPHABET) - set(string.digits):
        with pytest.raises(BadReference):
            read(reference[:2] + first + last + reference[4:])


@given(references)
def test_look_alikes_are_read_as_the_only_character_they_can_be(reference: str) -> None:
    mistaken = reference[3:].translate(str.maketrans("852VM", "BSZUN"))
    assert read(reference[:3].replace("O", "0").replace("S", "5") + mistaken) == reference


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("KLA7F3K", "length"),
        ("KLA7F3K29" * 8, "length"),
        ("7777F3K29", "prefix"),
        ("1LA7F3K29", "prefix"),
        ("K가A7F3K29", "prefix"),
        ("KLA7F3K2O", "character"),
        ("KLA7F3K2가", "character"),
        ("KLA222222", "check"),
    ],
)
def test_says_why_a_reference_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadReference) as caught:
        read(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize("prefix", ["", "KL", "KLAX", "kla", "K1A", "서울시"])
def test_a_prefix_is_three_letters(prefix: str) -> None:
    with pytest.raises(ValueError, match="three letters"):
        make(prefix, 1)


@given(st.text(max_size=80))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    with suppress(BadReference):
        assert read(read(text)) == read(text)


def test_groups_are_easy_to_say() -> None:
    assert show("KLA7F3K29") == "KLA 7F3 K29"
    assert show("KLA7F3K29M") == "KLA 7F3 K29M"
    assert show("KLA7F3K29MM") == "KLA 7F3K 29MM"
    assert show("KLA7F3K29MMMM") == "KLA 7F3 K29 MMMM"
