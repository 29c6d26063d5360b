"""How many reports are to be expected on each of the next days, learned from how many came.

A service has its level, which drifts and is followed by exponential smoothing; how days differ from
it, `seasons` says; a district has its share of a service. How fast a level drifts, whether the year
matters, and whether an event goes on or passes is not decided here: several ways of smoothing stand
side by side, and those that would have foretold the past weeks of a service best weigh most.
"""

from collections.abc import Iterator

import numpy as np

from ngoma.insight.forecast.history import (
    LEAST,
    WEEK,
    Counts,
    History,
    Index,
    summed,
    windows,
)
from ngoma.insight.forecast.seasons import usual, without_events

_HALF_LIVES = (2, 5, 10, 20, 40, 80, 160)
"""Days in which a report comes to count half for a level: one way of smoothing for each."""
_WEIGHED_WEEKS = 104
"""Past weeks from which the ways of smoothing are weighed."""
_CAUTION = 0.1
"""The share of the evidence for one way of smoothing that is believed: neighbouring weeks of
reports tell much of the same."""
_SHARES = 200.0
"""Half-life in days of a district's share of a service."""
_PRIOR_SHARE = 20.0
"""Reports that a district's share of all reports weighs in its share of one service."""


def expect(history: History) -> Counts:
    """The mean that is expected of each series on each of the next `AHEAD` days."""
    services = summed(history.counts, history.services)
    return _levels(services, history)[history.services] * _shares(history)[:, None]


def _shares(history: History) -> Counts:
    """The share of each series in its service: what came lately, drawn towards the share that the
    district has of all reports."""
    lately = history.counts @ _fading(history.days, _SHARES)
    places = np.bincount(history.places, lately)
    everywhere = places[history.places] / max(places.sum(), 1e-9)
    share: Counts = lately + _PRIOR_SHARE * everywhere
    services = np.bincount(history.services, share)
    return np.asarray(share / np.maximum(services[history.services], 1e-9), dtype=np.float64)


def _fading(days: int, half_life: float) -> Counts:
    return np.asarray(0.5 ** (np.arange(days)[::-1] / half_life), dtype=np.float64)


def _levels(services: Counts, history: History) -> Counts:
    """The mean of each service on the next days: that of all ways of smoothing, weighed by how
    each would have foretold the weeks before."""
    means, misses = zip(*_smoothed(services, history), strict=True)
    missed = np.stack(misses)
    weeks = len(_weeks(history.days))
    noise = np.maximum(missed.min(axis=0) / max(weeks, 1), 0.5)
    behind = _CAUTION * (missed - missed.min(axis=0)) / noise
    weights = np.exp(-behind)
    weights /= weights.sum(axis=0)
    return np.asarray(np.einsum("ws,wsd->sd", weights, np.stack(means)), dtype=np.float64)


def _smoothed(services: Counts, history: History) -> Iterator[tuple[Counts, Counts]]:
    """Of each way of smoothing: what it expects of each service on the next days, and how far it
    would have missed the weeks before."""
    from scipy.signal import lfilter

    days = history.days
    weeks = _weeks(days)
    came = windows(services, weeks)
    calm = without_events(services, history)
    for factors in usual(calm, history):
        usually = windows(factors, weeks)
        for half_life in _HALF_LIVES:
            fade = [1.0, -(0.5 ** (1 / half_life))]
            factor = lfilter([1.0], fade, factors[:, :days])
            for followed in (services, calm):
                level = lfilter([1.0], fade, followed) / factor
                missed = _missed(came, level[:, weeks - 1] * usually)
                yield level[:, -1:] * factors[:, days:], missed


def _weeks(days: int) -> Index:
    """The first days of the past weeks from which ways of smoothing are weighed."""
    return np.arange(days - WEEK, LEAST // 2 - 1, -WEEK)[:_WEIGHED_WEEKS]


def _missed(came: Counts, expected: Counts) -> Counts:
    """How many standard deviations of chance the weeks of each row were missed by, together. Not
    squared: one storm must not decide how a year is followed."""
    each = np.abs(came - expected) / np.sqrt(np.maximum(expected, 0.5))
    return np.asarray(each.sum(axis=1), dtype=np.float64)
