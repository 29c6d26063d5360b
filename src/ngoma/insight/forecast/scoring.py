"""How good forecasts were: those that are kept, held against what came since."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from ngoma.insight.forecast.history import Counts
from ngoma.insight.forecast.kept import EPOCH, Key, Line, Score, figures
from ngoma.records.queries import forecasts

KEPT = timedelta(days=63)
"""How long a forecast is kept: eight weeks of them can be scored, and a week has to pass first."""
SCORED = timedelta(days=7)
"""The days of a forecast that are scored, as one sum."""


def scores(city_id: int, came: Mapping[Key, Counts], begins: int, today: int) -> dict[Key, Score]:
    """The score of each key of which something was foretold. `came` has what came under it on each
    day from `begins` on and before `today`."""
    last = EPOCH + timedelta(days=today) - SCORED
    first = last - KEPT + SCORED + timedelta(days=1)
    met: dict[Key, list[tuple[float, float, float]]] = {}
    for row in forecasts.between(city_id, first, last):
        start = (row.day - EPOCH).days - begins
        for line in figures(row).lines:
            if line.key in came and start >= SCORED.days:
                met.setdefault(line.key, []).append(_met(line, came[line.key], start))
    return {
        key: Score(len(each), *(round(float(mean), 3) for mean in np.mean(each, axis=0)))
        for key, each in met.items()
    }


def _met(line: Line, came: Counts, start: int) -> tuple[float, float, float]:
    """How far a forecast missed, how far the week before, the share of days in their range."""
    days = came[start : start + SCORED.days]
    foretold = line.days[: SCORED.days]
    week = float(days.sum())
    within = [each.low <= count <= each.high for each, count in zip(foretold, days, strict=True)]
    return (
        abs(sum(each.mean for each in foretold) - week),
        abs(float(came[start - SCORED.days : start].sum()) - week),
        sum(within) / len(within),
    )
