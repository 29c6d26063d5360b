"""The gate: what is not named as public does not come out, whatever an event holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.casework.fold import KINDS
from ngoma.people.publicity import LEAST, PUBLIC_FIELDS, public_event, public_position, shown

FIELDS = sorted(
    {field for fields in PUBLIC_FIELDS.values() for field in fields}
    | {"reference", "proposal", "user", "confidence", "was", "from", "report", "photo", "source"}
    | {"lat", "lon", "place", "urgency", "public", "state", "reports", "ended", "words", "note"}
)
SECRET = "0772123456 ann@example.org"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_secret_in_a_field_that_is_not_public_never_comes_out(kind: str) -> None:
    for field in FIELDS:
        shown = public_event(kind, {field: SECRET})
        public = field in PUBLIC_FIELDS.get(kind, ())
        assert (SECRET in str(shown)) == public


@pytest.mark.parametrize("kind", ["noted", "proposed", "redacted", "no such kind", ""])
def test_of_some_events_nobody_hears(kind: str) -> None:
    assert public_event(kind, {"text": SECRET}) is None


@pytest.mark.parametrize(
    ("kind", "private"),
    [
        ("opened", ("reference", "lat", "lon", "urgency", "place")),
        ("joined", ("reference",)),
        ("informed", ("text", "photos")),
        ("reopened", ("text",)),
        ("rated", ("text",)),
        ("assigned", ("user", "text")),
        ("merged", ()),
        ("absorbed", ("from",)),
        ("split", ("reference", "into")),
        ("recorded", ("source", "escalation")),
        ("asked", ("was",)),
    ],
)
def test_what_residents_say_and_who_works_stays_inside(kind: str, private: Any) -> None:
    data = dict.fromkeys(FIELDS, SECRET)
    shown = public_event(kind, data)
    assert shown is not None
    assert not set(shown) & set(private)


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_a_private_place_is_known_to_a_kilometre(lat: float, lon: float) -> None:
    assert public_position(lat, lon, exact=True) == (lat, lon)
    coarse = public_position(lat, lon, exact=False)
    assert coarse is not None
    assert max(abs(coarse[0] - lat), abs(coarse[1] - lon)) <= 0.005 + 1e-9
    assert all(round(value, 2) == value for value in coarse)


def test_no_position_stays_none() -> None:
    assert public_position(None, 1.0, exact=True) is None
    assert public_position(1.0, None, exact=False) is None


@given(counts=st.lists(st.integers(0, 12), max_size=8))
def test_what_is_hidden_cannot_be_reckoned_from_the_total(counts: list[int]) -> None:
    told = shown(counts)
    hidden = [count for count, tell in zip(counts, told, strict=True) if not tell]
    assert all(tell for count, tell in zip(counts, told, strict=True) if count == 0)
    small = [count for count in counts if 0 < count < LEAST]
    assert sorted(set(small)) == sorted({count for count in hidden if count < LEAST})
    if small and sum(counts) - sum(small) >= LEAST:
        assert len(hidden) > 1
        assert sum(hidden) >= LEAST
    if not small:
        assert all(told)


@given(rows=st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=8))
def test_what_is_left_of_a_total_never_tells_of_few(rows: list[tuple[int, bool]]) -> None:
    counts, may = [count for count, _ in rows], [tell for _, tell in rows]
    told = shown(counts, may)
    assert not any(tell and not allowed for tell, allowed in zip(told, may, strict=True))
    left = [count for count, tell in zip(counts, told, strict=True) if not tell]
    assert not 0 < sum(left) < LEAST or sum(counts) < LEAST
    if 0 < min(left, default=0) < LEAST <= sum(counts):
        assert len(left) > 1
    if not any(0 < count < LEAST for count in counts) and all(may):
        assert all(told)


def test_the_next_smallest_goes_with_one_that_would_stand_alone() -> None:
    assert shown([90, 8, 2, 0]) == [True, False, False, True]
    assert shown([90, 8, 2, 4]) == [True, True, False, False]
    assert shown([90, 8, 1, 1]) == [True, False, False, False]
