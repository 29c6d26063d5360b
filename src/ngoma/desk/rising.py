"""What rises: bursts of reports and words, as far as somebody may see their cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.models import Burst, Case, Topic
from ngoma.records.queries import bursts, topics

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Rising:
    """A burst in the words of the desk: `cases` are references of the newest that may be seen."""

    row: Burst
    service: str
    place: str
    reports: int
    usual: str
    span: str
    words: str
    cases: list[str]
    more: int
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """A rising word: `cases` are references of the newest that may be seen."""

    row: Topic
    cases: list[str]


def rising(desk: Desk) -> list[Rising]:
    """The bursts that are not over, the largest first."""
    return shown(desk, bursts.unended(desk.book.id))


def shown(desk: Desk, rows: Iterable[Burst]) -> list[Rising]:
    """Those of the bursts of which a case may be seen."""
    found = (_rising(desk, burst) for burst in rows)
    return [each for each in found if each.cases]


def words(desk: Desk) -> list[Word]:
    """The rising words of which a case may be seen, by language, the surest first."""
    found = (
        Word(row, [reference for reference, _ in _seen(desk, row.cases)])
        for row in topics.rising(desk.book.id)
    )
    return [each for each in found if each.cases]


def _seen(desk: Desk, ids: Iterable[int]) -> list[tuple[str, int | None]]:
    """References and places of those of the cases that may be seen, the newest first."""
    cases = Case.objects.filter(pk__in=ids)
    if desk.departments is not None:
        cases = cases.filter(department__in=desk.departments)
    return list(cases.order_by("-pk").values_list("reference", "place"))


def _rising(desk: Desk, burst: Burst) -> Rising:
    seen = _seen(desk, burst.cases)
    return Rising(
        row=burst,
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
