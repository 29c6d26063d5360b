"""The bench of bursts: what it plants is seen, what goes on is one, and its curves can be drawn."""

from xml.etree import ElementTree

import numpy as np
import pytest
from bench.curves import curve

from bench import bursts
from ngoma.triage.bursts import Burst, Reports

pytestmark = pytest.mark.once


@pytest.fixture
def recorded() -> bursts.Recorded:
    """Seventy days of a service with six reports a day, all over a town."""
    draw = np.random.default_rng(1)
    hours = np.sort(draw.uniform(0, 70 * 24, 420))
    reports = Reports(
        draw.uniform(0, 0.1, 420), draw.uniform(0, 0.1, 420), hours, np.zeros(420, np.int64)
    )
    return bursts.Recorded({1: reports}, hours)


def test_what_stands_out_is_found_and_what_does_not_is_not(recorded: bursts.Recorded) -> None:
    draw = np.random.default_rng(2)
    since = 57 * 24.0
    assert all(bursts.plant(recorded, draw, since, 20, 100.0, 1.0) for _ in range(5))
    assert not any(bursts.plant(recorded, draw, since, 2, 1000.0, 24.0) for _ in range(5))


def test_a_burst_that_goes_on_counts_once() -> None:
    def seen(at: float, lat: float) -> tuple[float, int, Burst, int]:
        return at, 1, Burst((0, 1, 2, 3, 4), lat, 0.0, 200.0, 2.0, 0.1, 1e-12), 100

    row = [seen(0, 0.0), seen(20, 0.001), seen(40, 0.0), seen(41, 0.5), seen(90, 0.0)]
    assert len(bursts.kept(row, 0.01)) == 3
    assert bursts.kept(row, 1e-12) == []


def test_a_curve_is_a_picture() -> None:
    lines = {"A": [(5.0, 20.0), (40.0, 100.0)], "B": [(5.0, 20.0), (40.0, 99.0)]}
    picture = ElementTree.fromstring(curve(lines, x="size", y="share", most=100))
    assert len([each for each in picture.iter() if each.tag.endswith("circle")]) == 4
