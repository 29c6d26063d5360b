"""How days differ from one another: by the day of the week, by holidays, by the season of the year,
and those on which something was the matter."""

from collections.abc import Iterator

import numpy as np

from ngoma.insight.forecast.history import (
    AHEAD,
    BRIDGE,
    FRIDAY,
    HOLIDAY,
    KINDS,
    SUNDAY,
    WEEK,
    Counts,
    History,
    Index,
    windows,
)

_KINDS_FROM = 730
"""Days from which the kinds of days are learned."""
_PRIOR_KIND = 30.0
"""Reports that the city's kinds of days weigh in those of a service."""
_PRIOR_FREE = 100.0
"""Reports that a Sunday weighs in a holiday, and what lies between a Friday and a Sunday in a day
that bridges them."""
_LEVEL = 29
"""Days around a day, with itself, whose mean it is compared with."""
_STRAY = 3.0
"""Standard deviations above what is usual beyond which reports of a day are those of an event."""
_DAYS_DIFFER = 0.1
"""Dispersion of the days on which nothing is the matter."""
_RARE = 0.3
"""The share of the mean that is usual at least: the middle of days with few reports is none."""
_YEAR = 365.2425
_YEAR_FROM = 400
"""Days of history from which on the season of the year is looked for."""
_YEAR_NOISE = 5.0
"""How many times more than chance alone weekly counts vary around a year's season."""
_YEAR_STRENGTH = 0.3
"""How much a year's season is expected to move the logarithm of a count."""


def usual(calm: Counts, history: History) -> Iterator[Counts]:
    """How a day of each service differs from a mean day, as a factor, of each day known and
    foretold: by kind of day and, where there is enough history, by the season of the year
    besides. `calm` is what came of each service (`without_events`)."""
    kinds = _by_kind(calm, history.kinds[: history.days])[:, history.kinds]
    yield kinds
    if history.days >= _YEAR_FROM:
        yield kinds * np.exp(_by_year(calm, history))


def without_events(services: Counts, history: History) -> Counts:
    """What came of each service, less what came beyond the usual on days of a storm and the like.

    Usual is the middle of the four weeks around, by kinds of days. Whoever learns from a storm that
    all Sundays are stormy is wrong for months.
    """
    from scipy.ndimage import median_filter, uniform_filter1d

    kinds = history.kinds[: history.days]
    factor = _by_kind(services, kinds)[:, kinds]
    middle = median_filter(services / np.maximum(factor, 0.05), size=(1, _LEVEL), mode="nearest")
    level = uniform_filter1d(middle, _LEVEL, axis=1, mode="nearest")
    mean = uniform_filter1d(services, _LEVEL, axis=1, mode="nearest")
    usually = np.maximum(level, _RARE * mean) * factor
    most = usually + _STRAY * np.sqrt(usually + _DAYS_DIFFER * usually**2) + 1
    return np.asarray(np.minimum(services, most), dtype=np.float64)


def _by_kind(services: Counts, kinds: Index) -> Counts:
    """The factor of each kind of day, drawn towards that of the whole city."""
    from scipy.ndimage import uniform_filter1d

    recent, kinds = services[:, -_KINDS_FROM:], kinds[-_KINDS_FROM:]
    around = uniform_filter1d(recent, _LEVEL, axis=1, mode="nearest")
    is_kind = np.eye(KINDS)[kinds]
    came, expected = recent @ is_kind, around @ is_kind
    whole = (came.sum(axis=0) + 1e-3) / (expected.sum(axis=0) + 1e-3)
    free = {HOLIDAY: whole[SUNDAY], BRIDGE: (whole[FRIDAY] + whole[SUNDAY]) / 2}
    for kind, like in free.items():
        whole[kind] = (came[:, kind].sum() + _PRIOR_FREE * like) / (
            expected[:, kind].sum() + _PRIOR_FREE
        )
    return np.asarray((came + _PRIOR_KIND * whole) / (expected + _PRIOR_KIND), dtype=np.float64)


def _by_year(services: Counts, history: History) -> Counts:
    """The logarithm of the season of the year, one wave a year, of each day known and foretold.

    Weekly counts are compared with the mean of the year around them; the wave is a regression of
    these ratios drawn towards none (a ridge), the more so the fewer reports there are.
    """
    from scipy.ndimage import uniform_filter1d

    angle = 2 * np.pi * (history.first + np.arange(history.days + AHEAD)) / _YEAR
    waves = np.stack([np.sin(angle), np.cos(angle)])
    starts = np.arange(history.days % WEEK, history.days, WEEK)
    weeks, weekly = windows(services, starts), windows(waves, starts) / WEEK
    around = uniform_filter1d(weeks, 53, axis=1, mode="reflect")
    ratios = np.log((weeks + 0.5) / (around + 0.5))
    weights = around / _YEAR_NOISE
    known = np.einsum("sw,aw,bw->sab", weights, weekly, weekly) + np.eye(2) / _YEAR_STRENGTH**2
    slopes = np.linalg.solve(known, np.einsum("sw,aw,sw->sa", weights, weekly, ratios)[..., None])
    return np.asarray(slopes[..., 0] @ waves, dtype=np.float64)
