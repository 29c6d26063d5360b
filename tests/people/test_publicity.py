"""The gate: what is not named as public does not come out, whatever an event holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.casework.fold import KINDS
from ngoma.people.publicity import PUBLIC_FIELDS, public_event, public_position

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
