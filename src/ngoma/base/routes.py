"""A sensible order of stops: the nearest next, then turned around where that is shorter."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

Matrix = Sequence[Sequence[float]]
EARTH_M = 6_371_000.0
_LEAST_GAIN = 1e-9


def order(costs: Matrix, *, start: int = 0) -> list[int]:
    """The stops 0 … n-1 from `start` on, in an order that costs little; the way back is free.

    `costs[a][b]` is what it takes from a to b. Nearest neighbour, then 2-opt: for some sixty stops
    a few percent above the best order, in milliseconds.
    """
    left = set(range(len(costs))) - {start}
    found = [start]
    while left:
        nearest = min(left, key=lambda stop: (costs[found[-1]][stop], stop))
        found.append(nearest)
        left.remove(nearest)
    while _turn_around(found, costs):
        pass
    return found


def _turn_around(found: list[int], costs: Matrix) -> bool:
    """Turn one stretch around that makes the whole shorter; False where there is none."""
    for first in range(1, len(found) - 1):
        for last in range(first + 1, len(found)):
            before, after = found[first - 1], found[last + 1] if last + 1 < len(found) else None
            gain = costs[before][found[first]] - costs[before][found[last]]
            if after is not None:
                gain += costs[found[last]][after] - costs[found[first]][after]
            if gain > _LEAST_GAIN and _worth(found, costs, first, last):
                found[first : last + 1] = reversed(found[first : last + 1])
                return True
    return False


def _worth(found: list[int], costs: Matrix, first: int, last: int) -> bool:
    """Whether it is shorter even where a way costs more in one direction than in the other."""
    turned = [*found[:first], *reversed(found[first : last + 1]), *found[last + 1 :]]
    return _length(turned, costs) < _length(found, costs) - _LEAST_GAIN


def _length(found: Sequence[int], costs: Matrix) -> float:
    return sum(costs[a][b] for a, b in pairwise(found))


def straight(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Metres between points (latitude, longitude) as the crow flies, by the haversine formula."""
    return [[_metres(a, b) for b in points] for a in points]


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    south, north = radians(a[0]), radians(b[0])
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))
