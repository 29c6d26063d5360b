"""What rises: bursts of reports are looked for every ten minutes and kept until they are over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import structlog

from ngoma.base.clock import now
from ngoma.base.quad import distance_m
from ngoma.base.syllables import pairs
from ngoma.cities.book import books
from ngoma.records.models import Burst
from ngoma.records.queries import bursts
from ngoma.records.queries.bursts import Came
from ngoma.triage import bursts as scan
from ngoma.triage.bursts import LEAST, PAST_DAYS, Reports
from ngoma.triage.words import likeness
from ngoma.work.queue import put

DAY = timedelta(days=1)
_COMPARED = 30
"""Reports of a burst that are compared to find the one that says what most say."""

log = structlog.get_logger(__name__)


def watch() -> None:
    """Put a job to scan each city. Called by the clock."""
    for book in books():
        put("insight.bursts", {"city": book.id}, key=f"bursts {book.id}")


def look(city: int) -> None:
    """Scan the last day of a city, service by service. Job `insight.bursts`; again, it finds the
    same."""
    at = now()
    recent = _by_service(bursts.came(city, at - DAY, at))
    tests = scan.circles(sum(len(each) for each in recent.values()))
    large = {service: each for service, each in recent.items() if len(each) >= LEAST}
    past: Mapping[int, list[Came]] = {}
    if large:
        since = at - DAY * (PAST_DAYS + 1)
        past = _by_service(bursts.came_before(city, list(large), since, at - DAY))
    known = bursts.unended(city)
    for service, each in large.items():
        found = scan.find(_arrays(each, at), _arrays(past.get(service, ()), at), tests=tests)
        if found is not None:
            _keep(city, service, found, [each[n] for n in found.members], known, at)
    Burst.objects.filter(city=city, ended_at=None, last_at__lte=at - DAY).update(ended_at=at)


def _by_service(reports: Iterable[Came]) -> dict[int, list[Came]]:
    found: dict[int, list[Came]] = defaultdict(list)
    for each in reports:
        found[each.service_id].append(each)
    return found


def _arrays(reports: Sequence[Came], at: datetime) -> Reports:
    hours = [(at - each.at).total_seconds() / 3600 for each in reports]
    return Reports(
        np.array([each.lat for each in reports], np.float64),
        np.array([each.lon for each in reports], np.float64),
        np.array(hours, np.float64),
        np.array([each.teller for each in reports], np.int64),
    )


def _keep(
    city: int,
    service: int,
    found: scan.Burst,
    members: Sequence[Came],
    known: Iterable[Burst],
    at: datetime,
) -> None:
    """Write the burst, or that one which is known goes on."""
    going_on = (each for each in known if each.service_id == service and _meet(each, found))
    row = next(going_on, None)
    if row is None:
        row = Burst(city_id=city, service_id=service, found_at=at)
        log.warning("burst", city=city, service=service, reports=len(members), usual=found.usual)
    row.lat, row.lon, row.hours = found.lat, found.lon, found.hours
    row.radius_m = found.radius_m if np.isfinite(found.radius_m) else None
    row.usual, row.chance, row.reports = found.usual, found.chance, len(members)
    row.cases = list(dict.fromkeys(each.case_id for each in members))
    row.words = _common([each.words for each in members])
    row.last_at = at
    row.save()


def _meet(known: Burst, found: scan.Burst) -> bool:
    """Whether the circles of two bursts of one service touch."""
    if known.radius_m is None or not np.isfinite(found.radius_m):
        return True
    apart = distance_m(known.lat, known.lon, found.lat, found.lon)
    return apart <= known.radius_m + found.radius_m


def _common(texts: Sequence[str]) -> str:
    """The text that is most like the others: it says what most say."""
    some = [text for text in texts if text.strip()][:_COMPARED]
    read = [pairs(text) for text in some]
    alike = [sum(likeness(mine, other) for other in read) for mine in read]
    return some[int(np.argmax(alike))] if some else ""
