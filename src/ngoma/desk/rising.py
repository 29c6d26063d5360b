"""What rises: bursts of reports and words, as far as somebody may see their cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.models import Burst, Case, Topic
from ngoma.records.queries import bursts, topics

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Among:
    """Which cases somebody looks at, of those they may see; None: all."""

    departments: Sequence[int] | None = None
    service: int | None = None
    places: Sequence[int] | None = None


ALL = Among()


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


def rising(desk: Desk, among: Among = ALL) -> list[Rising]:
    """The bursts that are not over, the largest first."""
    return shown(desk, bursts.unended(desk.book.id), among)


def shown(desk: Desk, rows: Iterable[Burst], among: Among = ALL) -> list[Rising]:
    """Those of the bursts of which a case may be seen."""
    fitting = (row for row in rows if among.service in (None, row.service_id))
    # A case of it may have been given another service since.
    anything = replace(among, service=None)
    found = (_rising(desk, row, _seen(desk, row.cases, anything)) for row in fitting)
    return [each for each in found if each.cases]


def words(desk: Desk, among: Among = ALL) -> list[Word]:
    """The rising words of which a case may be seen, by language, the surest first."""
    found = (
        Word(row, [reference for reference, _ in _seen(desk, row.cases, among)])
        for row in topics.rising(desk.book.id)
    )
    return [each for each in found if each.cases]


def _seen(desk: Desk, ids: Iterable[int], among: Among) -> list[tuple[str, int | None]]:
    """References and places of those of the cases that may be seen, the newest first."""
    cases = Case.objects.filter(pk__in=ids)
    for departments in (desk.departments, among.departments):
        if departments is not None:
            cases = cases.filter(department__in=departments)
    if among.service is not None:
        cases = cases.filter(service=among.service)
    if among.places is not None:
        cases = cases.filter(place__in=among.places)
    return list(cases.order_by("-pk").values_list("reference", "place"))


def _rising(desk: Desk, burst: Burst, seen: list[tuple[str, int | None]]) -> Rising:
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
