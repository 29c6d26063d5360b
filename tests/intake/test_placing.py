"""Where a report is: positions, places and words, right and wrong."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ngoma.cities.book import Book
from ngoma.intake import placing
from tests.intake import told

pytestmark = pytest.mark.django_db
NOWHERE = {"lat": None, "lon": None}
METRE = 1 / 111_195
"""Degrees of latitude."""


def find(town: Book, **said: Any) -> tuple[placing.Position, list[str]]:
    position, problems = placing.find(told(town, **said))
    return position, [problem.code for problem in problems]


def place(town: Book, **said: Any) -> str | None:
    position, problems = find(town, **said)
    assert not problems
    return None if position.place_id is None else town.places[position.place_id].code


def test_a_point_is_in_the_deepest_place_around_it(town: Book) -> None:
    assert place(town, lat=0.15, lon=32.05) == "kasubi"
    assert place(town, lat=0.11, lon=32.01) == "west"
    assert place(town, lat=0.15, lon=32.15) == "east"


def test_a_street_without_boundary_is_taken_where_its_ward_agrees(town: Book) -> None:
    assert place(town, lat=0.15, lon=32.15, place="nsambya") == "nsambya"
    assert place(town, lat=0.15, lon=32.05, place="nsambya") == "kasubi"
    assert place(town, lat=0.15, lon=32.05, place="no such place") == "kasubi"


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (nan, 32.05, "bad_position"),
        (0.15, nan, "bad_position"),
        (inf, 32.05, "bad_position"),
        (0.15, -inf, "bad_position"),
        (0.15, None, "bad_position"),
        (None, 32.05, "bad_position"),
        (32.05, 0.15, "swapped"),
        (0.0, 0.0, "outside_city"),
        (0.15, 212.05, "outside_city"),
        (90.5, 32.05, "outside_city"),
        (-1e308, 1e308, "outside_city"),
        (0.15, 33.0, "outside_city"),
    ],
)
def test_a_position_that_cannot_be_says_why(town: Book, lat: Any, lon: Any, code: str) -> None:
    assert find(town, lat=lat, lon=lon) == (placing.Position(), [code])


def test_around_the_border_the_pack_says_how_far(town: Book) -> None:
    """500 m for this town: the nearest place takes it; a step more is outside."""
    for lat, lon in ((0.2 + 490 * METRE, 32.05), (0.15, 32.0 - 490 * METRE)):
        assert place(town, lat=lat, lon=lon) == "west"
    for lat, lon in ((0.2 + 510 * METRE, 32.05), (0.15, 32.0 - 510 * METRE)):
        assert find(town, lat=lat, lon=lon)[1] == ["outside_city"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lat=st.floats(-0.1, 0.4), lon=st.floats(31.8, 32.4))
@example(lat=0.15, lon=32.1)
@example(lat=0.1, lon=32.0)
def test_a_point_is_inside_exactly_as_far_as_the_capsule_reaches(
    lat: float, lon: float, town: Book
) -> None:
    """Against distances worked out by hand: the town is one rectangle."""
    north = max(0.1 - lat, lat - 0.2, 0) / METRE
    east = max(32.0 - lon, lon - 32.2, 0) / METRE
    metres = (north**2 + east**2) ** 0.5
    assume(not 495 < metres < 505)
    position, problems = find(town, lat=lat, lon=lon)
    assert problems == ([] if metres < 500 else ["outside_city"])
    assert (position.place_id is None) == bool(problems)


def test_a_place_is_taken_by_its_code(town: Book) -> None:
    position, problems = find(town, **NOWHERE, place="nsambya")
    assert not problems
    assert (position.lat, position.lon, position.accuracy) == (0.15, 32.15, 1000)
    assert find(town, **NOWHERE, place="x" * 100_000)[1] == ["unknown_place"]
    assert find(town, **NOWHERE, place="\x00\ud800")[1] == ["unknown_place"]


def test_a_retired_place_is_not_taken(town: Book) -> None:
    from ngoma.cities import book
    from ngoma.records.models import City, Place

    Place.objects.filter(code="nsambya").update(retired=True)
    City.objects.update(version=town.version + 1)
    book.forget()
    assert find(book.book_of(town.id), **NOWHERE, place="nsambya")[1] == ["unknown_place"]


def test_words_find_a_plus_code_or_a_place_and_stay_words_otherwise(town: Book) -> None:
    position, _ = find(town, **NOWHERE, location="6GGM5332+22")
    assert position.place_id is None
    from openlocationcode import openlocationcode

    code = openlocationcode.encode(0.15, 32.05)
    position, problems = find(town, **NOWHERE, location=f"{code}, behind the church")
    assert (problems, position.accuracy) == ([], 15)
    assert position.lat == pytest.approx(0.15, abs=0.001)
    assert place(town, **NOWHERE, location="Kasubi") == "kasubi"
    assert find(town, **NOWHERE, location="the tree with two trunks") == (placing.Position(), [])


@pytest.mark.parametrize("nothing", ["", "   ", "\x00\x01", "\u202e\ufeff", "\ud800"])
def test_nowhere_at_all_is_asked_for(town: Book, nothing: str) -> None:
    assert find(town, **NOWHERE, location=nothing)[1] == ["no_place"]


@pytest.mark.parametrize(
    ("given", "kept"), [(nan, 0), (-5, 0), (inf, 0), (12.7, 12), (1e300, 100_000)]
)
def test_uncertainty_is_a_number_of_metres(town: Book, given: float, kept: int) -> None:
    assert find(town, accuracy=given)[0].accuracy == kept
