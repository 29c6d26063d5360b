"""Boundaries: who is inside, who is on the edge, and how far the others are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.polygons import Boundaries, centre, simplified
from ngoma.base.quad import distance_m


def square(south: float, west: float, size: float) -> dict[str, Any]:
    north, east = south + size, west + size
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


GRID = [((i, j), square(0.3 + i / 10, 32.5 + j / 10, 0.1)) for i in range(5) for j in range(5)]
CITY = Boundaries([("city", square(0.3, 32.5, 0.5)), *GRID])

latitudes = st.floats(0, 1)
longitudes = st.floats(32, 33.5)


@given(latitudes, longitudes)
def test_finds_each_boundary_around_a_point_the_smallest_first(lat: float, lon: float) -> None:
    found = CITY.find(lat, lon)
    assert found == [key for key in CITY.keys if CITY.contains(key, lat, lon)]
    if 0.3 < lat < 0.8 and 32.5 < lon < 33:
        assert found[-1] == "city"
        assert 2 <= len(found) <= 5
    elif not (0.299 < lat < 0.801 and 32.499 < lon < 33.001):
        assert found == []


@given(latitudes, longitudes)
def test_nearest_is_no_farther_than_any_corner(lat: float, lon: float) -> None:
    grid = Boundaries(GRID)
    nearest = grid.nearest(lat, lon)
    assert nearest
    key, metres = nearest
    if grid.find(lat, lon):
        assert metres == 0
        assert key in grid.find(lat, lon)
    for i in range(6):
        for j in range(6):
            corner = distance_m(lat, lon, 0.3 + i / 10, 32.5 + j / 10)
            assert metres <= corner * 1.001 + 0.01


def test_nearest_measures_east_and_north_alike_far_from_the_equator() -> None:
    """At 60° north a degree of longitude is half as long, so the eastern square is nearer."""
    there = Boundaries([("north", square(60.3, 24.9, 0.1)), ("east", square(59.9, 25.4, 0.1))])
    nearest = there.nearest(60.0, 25.0)
    assert nearest
    assert nearest[0] == "east"
    assert nearest[1] == pytest.approx(distance_m(60, 25, 60, 25.4), rel=0.001)


def test_none_is_nearest_where_there_is_none() -> None:
    nowhere: Boundaries[str] = Boundaries([])
    assert nowhere.find(0, 0) == []
    assert nowhere.nearest(0, 0) is None


def test_a_hole_is_outside_and_a_crossed_ring_is_mended() -> None:
    outer, hole = square(0, 0, 3)["coordinates"][0], square(1, 1, 1)["coordinates"][0]
    bow_tie = [(10, 10), (12, 12), (12, 10), (10, 12), (10, 10)]
    boundaries = Boundaries(
        [
            ("ring", {"type": "Polygon", "coordinates": [outer, hole]}),
            ("tie", {"type": "MultiPolygon", "coordinates": [[bow_tie]]}),
        ]
    )
    assert boundaries.find(1.5, 1.5) == []
    assert boundaries.find(0.5, 0.5) == ["ring"]
    assert boundaries.find(11, 11.9) == ["tie"]
    assert boundaries.find(11.9, 11) == []
    assert boundaries.bounds("tie") == (10, 10, 12, 12)


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[(0, 0), (1, 1)]]},
        {"type": "Polygon", "coordinates": [[("a", "b"), (1, 1), (2, 2), (0, 0)]]},
        {"type": "Point", "coordinates": [1, 1]},
        {"type": "Nonsense", "coordinates": [1, 1]},
    ],
)
def test_says_which_boundary_cannot_be_read(geometry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Makindye"):
        Boundaries([("Makindye", geometry)])


def test_centre_is_inside_even_a_crescent() -> None:
    crescent = {
        "type": "Polygon",
        "coordinates": [[(0, 0), (9, 0), (9, 1), (1, 1), (1, 8), (9, 8), (9, 9), (0, 9), (0, 0)]],
    }
    assert Boundaries([("crescent", crescent)]).find(*centre(crescent)) == ["crescent"]
    assert centre(square(10, 20, 2)) == (11, 21)


def test_simplified_keeps_the_shape_with_fewer_points() -> None:
    ring = [(32 + i / 1000, 0.0) for i in range(100)]
    shape = {"type": "Polygon", "coordinates": [[*ring, (32.099, 0.1), (32.0, 0.1), (32.0, 0.0)]]}
    simple = simplified(shape, metres=10)
    assert len(simple["coordinates"][0]) == 5
    assert Boundaries([("it", simple)]).bounds("it") == pytest.approx((0, 32, 0.1, 32.099))
