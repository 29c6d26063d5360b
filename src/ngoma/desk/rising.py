"""What rises now: bursts of reports, as far as somebody may see their cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.models import Burst, Case
from ngoma.records.queries import bursts

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Rising:
    """A burst in the words of the desk: `cases` are references of the newest that may be seen."""

    service: str
    place: str
    reports: int
    usual: str
    span: str
    words: str
    cases: list[str]
    more: int
    found_at: datetime


def rising(desk: Desk) -> list[Rising]:
    """The bursts that are not over, the largest first."""
    found = (_rising(desk, burst) for burst in bursts.unended(desk.book.id))
    return [each for each in found if each.cases]


def _rising(desk: Desk, burst: Burst) -> Rising:
    cases = Case.objects.filter(pk__in=burst.cases)
    if desk.departments is not None:
        cases = cases.filter(department__in=desk.departments)
    seen = list(cases.order_by("-pk").values_list("reference", "place"))
    return Rising(
        service=desk.service(burst.service_id),
        place=desk.place(seen[0][1]) if seen and burst.radius_m is not None else desk.name,
        reports=burst.reports,
        usual=formats.number(round(burst.usual, 1)),
        span=formats.span(timedelta(hours=burst.hours)),
        words=headline(burst.words),
        cases=[reference for reference, _ in seen[:_SHOWN]],
        more=max(0, len(seen) - _SHOWN),
        found_at=burst.found_at,
    )
