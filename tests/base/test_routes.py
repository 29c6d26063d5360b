"""The order of stops: all of them, from the start, and not much longer than the best order."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.routes import order, straight

POINT = st.tuples(st.floats(0.2, 0.4), st.floats(32.5, 32.7))


def length(found: list[int], costs: list[list[float]]) -> float:
    return sum(costs[a][b] for a, b in pairwise(found))


@given(st.lists(POINT, min_size=1, max_size=30))
def test_every_stop_is_visited_once_from_the_start(points: list[tuple[float, float]]) -> None:
    found = order(straight(points))
    assert found[0] == 0
    assert sorted(found) == list(range(len(points)))


@given(st.lists(POINT, min_size=2, max_size=6, unique=True))
def test_the_way_is_not_much_longer_than_the_best(points: list[tuple[float, float]]) -> None:
    costs = straight(points)
    best = min(length([0, *rest], costs) for rest in permutations(range(1, len(points))))
    assert length(order(costs), costs) <= 1.35 * best + 1e-6


def test_one_way_streets_are_respected() -> None:
    costs = [[0, 1, 5, 9], [9, 0, 1, 9], [9, 9, 0, 1], [9, 9, 9, 0]]
    assert order(costs) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0.0, 32.0), (1.0, 32.0), 111_195),
        ((60.0, 25.0), (60.0, 26.0), 55_597),
        ((0.3, 32.5), (0.3, 32.5), 0),
    ],
)
def test_straight_lines_are_metres(
    a: tuple[float, float], b: tuple[float, float], metres: float
) -> None:
    assert straight([a, b])[0][1] == pytest.approx(metres, rel=0.001, abs=1)
