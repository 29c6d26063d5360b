"""Canonical JSON is that of RFC 8785, however fast it is written."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.canonical import canonical, plain

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)
TRICKY: list[Any] = [
    0.0, -0.0, 5.0, 1e-5, 1e-6, 1e-7, 1.5e-7, 123456789.125, 1e15, 1e16, 1e20, 1e21, 1e300, 5e-324,
    9007199254740991, 0.1, 0.3476, 32.5825, -1.0, 0.000001, 0.0000012,
]  # fmt: skip


@given(values)
def test_it_is_what_the_standard_says(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("number", TRICKY)
def test_numbers(number: Any) -> None:
    for value in (number, [number], [1, number], {"a": number}, {"a": [number, "x"]}, [[number]]):
        assert canonical(value) == rfc8785.dumps(value)


def test_keys_are_sorted_by_their_units() -> None:
    value = {"\U0001f600": 1, "\ufb33": 2, "b": 3, "a": 4, "": 5}
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("number", [2**53 + 1, -(2**60), [2**70]])
def test_what_others_could_not_read_is_refused(number: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        canonical(number)


def test_plain_values_need_no_second_look() -> None:
    value = {"_sd": ["a", "b"], "seq": 12, "time": "2026-11-27T08:01:02.123456Z"}
    assert plain(value) == canonical(value) == rfc8785.dumps(value)
