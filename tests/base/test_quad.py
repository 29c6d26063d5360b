"""Keys of places: nothing in a box is missed, and little outside it is taken along."""

from itertools import pairwise
from math import nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ngoma.base import quad as q

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 180)
NORTH_EAST = sum(1 << 2 * bit for bit in range(q.ZOOM))
SOUTH_WEST = NORTH_EAST << 1


def tile(key: int, zoom: int = q.ZOOM) -> tuple[int, int]:
    """The x and y of the tile of a zoom that a key lies in."""
    bits = f"{key >> 2 * (q.ZOOM - zoom):048b}"
    return int(bits[1::2], 2), int(bits[::2], 2)


@st.composite
def boxes(draw: st.DrawFn) -> q.Box:
    south, west = draw(latitudes), draw(longitudes)
    tall = draw(st.sampled_from([0.0, 0.0001, 0.01, 0.3, 40.0]))
    wide = draw(st.sampled_from([0.0, 0.0001, 0.02, 0.3, 90.0]))
    return south, west, min(south + tall, 85.0), min(west + wide, 180.0)


@st.composite
def points_in(draw: st.DrawFn, box: q.Box) -> tuple[float, float]:
    south, west, north, east = box
    return draw(st.floats(south, north)), draw(st.floats(west, east))


def holds(ranges: list[tuple[int, int]], key: int) -> bool:
    return any(low <= key <= high for low, high in ranges)


@given(boxes(), st.integers(1, 20), st.data())
def test_every_point_of_a_box_is_in_some_range(box: q.Box, most: int, data: st.DataObject) -> None:
    ranges = q.box_ranges(*box, most=most)
    assert 1 <= len(ranges) <= most
    assert all(low <= high for low, high in ranges)
    assert all(a[1] < b[0] for a, b in pairwise(ranges))
    south, west, north, east = box
    corners = [(lat, lon) for lat in (south, north) for lon in (west, east)]
    for lat, lon in [*corners, data.draw(points_in(box))]:
        assert holds(ranges, q.quad(lat, lon))


@given(latitudes, st.floats(170, 180), st.floats(-180, -170), st.data())
def test_a_box_may_cross_the_date_line(
    south: float, west: float, east: float, data: st.DataObject
) -> None:
    north = min(south + 5, 85)
    ranges = q.box_ranges(south, west, north, east)
    assert len(ranges) <= 16
    assert all(a[1] < b[0] for a, b in pairwise(ranges))
    lat = data.draw(st.floats(south, north))
    assert holds(ranges, q.quad(lat, data.draw(st.floats(west, 180))))
    assert holds(ranges, q.quad(lat, data.draw(st.floats(-180, east))))
    assert not holds(ranges, q.quad(lat, 0))


@given(st.floats(-70, 70), st.floats(-170, 170))
def test_a_square_takes_along_less_than_twice_its_size(lat: float, lon: float) -> None:
    box = q.around(lat, lon, 2000)
    keys = sum(high - low + 1 for low, high in q.box_ranges(*box))
    south, west, north, east = box
    corners = tile(q.quad(north, west)), tile(q.quad(south, east))
    (left, top), (right, bottom) = corners
    assert keys < 2 * (right - left + 1) * (bottom - top + 1)


def test_a_box_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="south"):
        q.box_ranges(1, 0, 0, 1)


@given(latitudes, longitudes, st.integers(0, q.ZOOM))
def test_the_keys_of_a_tile_are_one_run(lat: float, lon: float, zoom: int) -> None:
    key, bits = q.quad(lat, lon), 2 * (q.ZOOM - zoom)
    first, last = key >> bits << bits, (key >> bits) + 1 << bits
    assert tile(first, zoom) == tile(last - 1, zoom) == tile(key, zoom)
    assert last <= 1 << 48


def test_tiles_are_numbered_as_tile_servers_number_them() -> None:
    seoul = q.quad(37.5665, 126.978)
    assert tile(seoul, 12) == (3492, 1586)
    assert tile(q.quad(37.5665, 126.978), 1) == (1, 0)


def test_beyond_the_map_is_its_edge_and_no_number_is_an_error() -> None:
    assert q.quad(90, 180) == q.quad(89, 500) == NORTH_EAST
    assert q.quad(-90, -180) == SOUTH_WEST
    for lat, lon in [(nan, 0.0), (0.0, nan)]:
        with pytest.raises(ValueError):
            q.quad(lat, lon)


def test_distances() -> None:
    assert q.distance_m(37.5665, 126.978, 0.3136, 32.5811) == pytest.approx(10_411_000, rel=0.01)
    assert q.distance_m(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
    assert q.distance_m(0, 179.9995, 0, -179.9995) == pytest.approx(111.195, abs=0.01)
    assert q.distance_m(0, 0, 0, 180) == pytest.approx(3.14159265 * q.EARTH_M)
    assert q.distance_m(5, 5, 5, 5) == 0


@given(st.floats(-89, 89), longitudes, st.floats(0, 500_000), st.floats(-1, 1), st.floats(-1, 1))
def test_whatever_is_near_enough_is_in_the_box_around(
    lat: float, lon: float, radius: float, up: float, along: float
) -> None:
    south, west, north, east = q.around(lat, lon, radius)
    there_lat = max(-90.0, min(90.0, lat + up * radius / 100_000))
    there_lon = (lon + along * radius / 10_000 + 180) % 360 - 180
    assume(q.distance_m(lat, lon, there_lat, there_lon) <= radius)
    assert south <= there_lat <= north
    if west <= east:
        assert west <= there_lon <= east
    else:
        assert there_lon >= west or there_lon <= east
