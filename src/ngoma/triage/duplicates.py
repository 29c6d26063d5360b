"""Which known case a report may be about: near, of the same kind, recent, in like words, with like
photos.

Each ground says something, in units set by hand. Their anchor is Boston's own links between
duplicates in 2011: of pairs within 50 m, of one type and within seven days of which the earlier was
still open, 24 % were linked, and 98 % of the linked pairs had the same department. How much each
ground counts is learned from what people merged and what they left apart (`sameness`), once that is
better than to add them as they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ngoma.base.quad import distance_m
from ngoma.base.syllables import pairs
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Duplicate, Guess, Nearby, Reason, Submission
from ngoma.triage.pictures import likeness as picture_likeness
from ngoma.triage.sameness import BY_HAND, Weights
from ngoma.triage.words import likeness

NEAR_M = 50.0
"""Metres within which two places can be one; the uncertainty of both is added."""

CLOSED_DAYS = 7.0
"""Days after its end in which a closed case can still be the same problem."""

MOST = 5
_LEAST = 0.05
_LIKELY = 0.2  # a service less probable than this does not make two reports alike
_DAY = 86_400
_READ = 1_000  # characters of either's words that are compared
_OTHER = 0.5  # of a hundred pairs of other photos one is as alike as this
_COPY, _STEEP = 6.0, 20.0  # the most that photos say, and how fast they come to say it


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What the report may be: services, their groups and the departments that own them."""

    services: frozenset[int]
    groups: frozenset[str]
    departments: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Own:
    """What the report says and shows: pairs of syllables, and photos."""

    words: Sequence[str]
    pictures: Sequence[int]


def find(
    submission: Submission,
    services: Sequence[Guess],
    nearby: Iterable[Nearby],
    catalogue: Catalogue,
    weights: Weights = BY_HAND,
) -> tuple[Duplicate, ...]:
    """The cases of `nearby` that may be the same problem, most probable first, at most five."""
    if submission.lat is None or submission.lon is None:
        return ()
    kinds = _kinds(services, catalogue)
    own = _Own(pairs(submission.words[:_READ]), submission.pictures)
    found = []
    for case in nearby:
        metres = _metres(submission, case)
        days = _days(case.at if case.open else case.closed_at or case.at, submission.at)
        if metres is None or not (case.open or days <= CLOSED_DAYS):
            continue
        duplicate = _weigh(case, metres, days, kinds, own, weights)
        if duplicate and duplicate.probability >= _LEAST:
            found.append(duplicate)
    return tuple(sorted(found, key=lambda d: (-d.probability, d.metres, d.case_id))[:MOST])


def _kinds(services: Sequence[Guess], catalogue: Catalogue) -> _Kinds:
    likely = [catalogue.by_id[g.service_id] for g in services if g.probability >= _LIKELY]
    return _Kinds(
        frozenset(service.id for service in likely),
        frozenset(service.group for service in likely),
        frozenset().union(*(service.departments for service in likely)),
    )


def _metres(submission: Submission, case: Nearby) -> float | None:
    """How far apart, or None where that is too far or not known."""
    if case.lat is None or case.lon is None or submission.lat is None or submission.lon is None:
        return None
    metres = distance_m(submission.lat, submission.lon, case.lat, case.lon)
    return metres if metres <= NEAR_M + submission.radius_m + case.radius_m else None


def _days(since: datetime, until: datetime) -> float:
    """Days between two times; one without a zone is taken as UTC."""
    first, last = (t if t.tzinfo else t.replace(tzinfo=UTC) for t in (since, until))
    return max(0.0, (last - first).total_seconds() / _DAY)


def _weigh(
    case: Nearby, metres: float, days: float, kinds: _Kinds, own: _Own, weights: Weights
) -> Duplicate | None:
    theirs = pairs(case.words[:_READ])
    alike, seen = likeness(own.words, theirs), _seen(own.pictures, case.pictures)
    kind = _kind(case, kinds)
    if kind is None and alike < 0.5 and not seen:
        return None
    place = -1.5 * metres / NEAR_M if metres <= NEAR_M else -1.5
    time = -min(days, 60.0) / 10 - (0.0 if case.open else 0.7)
    words = 4 * alike - (0.5 if own.words and theirs and alike < 0.05 else 0.0)
    reasons = [
        Reason("place", round(place, 3), f"{metres:.0f} m"),
        Reason("time", round(time, 3), f"{days:.1f} d"),
        Reason("word", round(words, 3), f"{alike:.2f}"),
        kind or Reason("service", -2.0, "other"),
    ]
    if seen:
        reasons.append(Reason("photo", round(seen, 3), "like"))
    return Duplicate(
        case.case_id,
        round(min(0.99, weights.probability({each.kind: each.weight for each in reasons})), 4),
        round(metres, 1),
        tuple(sorted(reasons, key=lambda reason: -reason.weight)),
    )


def _seen(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """How much the two photos that are most alike say; nothing where they are as others are."""
    alike = max((picture_likeness(one, two) for one in ours for two in theirs), default=0.0)
    return max(0.0, min(_COPY, _STEEP * (alike - _OTHER)))


def _kind(case: Nearby, kinds: _Kinds) -> Reason | None:
    """How the two are of one kind, with its weight; None where they are not."""
    if case.service_id is not None and case.service_id in kinds.services:
        return Reason("service", 0.0, "service")
    if case.group is not None and case.group in kinds.groups:
        return Reason("service", -0.7, "group")
    if case.department_id is not None and case.department_id in kinds.departments:
        return Reason("service", -0.9, "department")
    if not kinds.services or case.service_id is None:
        return Reason("service", -1.2, "unknown")
    return None
