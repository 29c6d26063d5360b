"""Cases as everybody may see them: pages of a list, and what is counted of them.

Hot reads, so the SQL builds the answer. A case whose service is private is known to who has its
reference alone; merged cases are left out, as their reports live on in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ngoma.records.models import ACTIVE, OPEN
from ngoma.records.queries.photos import PUBLISHED, SHOWN
from ngoma.records.sql.moments import known_moment, moment, parameter
from ngoma.records.sql.statements import fetch, literals, marks

KINDS = {
    "open": f"c.state IN ({literals(OPEN)})",
    "late": f"c.state IN ({literals(ACTIVE)}) AND c.due < %s",
    "fixed": "c.state IN ('resolved', 'closed') AND c.resolved_at IS NOT NULL",
    "refused": "c.state IN ('rejected', 'referred')",
}
"""What a reader may ask for, and the states behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which public cases: all that are not None have to hold.

    `area` is the place at the top of the tree that `places` are all of, if they are: for those the
    counts of the map are kept. `days` is one of the periods that are counted; 0 is always.
    """

    city_id: int
    kind: str | None = None
    services: Sequence[int] | None = None
    places: Sequence[int] | None = None
    area: int | None = None
    days: int = 0
    at: datetime

    @property
    def since(self) -> datetime | None:
        """They were opened since then."""
        return self.at - timedelta(days=self.days) if self.days else None


class Inside(NamedTuple):
    """A further condition on cases `c`, and how many fulfil it with all others, where known."""

    condition: str
    parameters: Sequence[Any]
    total: int | None


class Row(NamedTuple):
    """A case in a list."""

    id: int
    reference: str
    state: str
    public: bool
    service_id: int | None
    place_id: int | None
    opened_at: datetime
    due: datetime | None
    resolved_at: datetime | None
    reports: int
    words: str
    language: str
    location: str
    photo: str | None


class Figures(NamedTuple):
    """What a city's front page counts."""

    fixed: int
    fixed_before: int
    open: int
    late: int


# The page is cut out first: what has to be sorted for it is ids alone.
_PAGE = f"""
SELECT c.id, c.reference, c.state, c.public, c.service_id, c.place_id, c.opened_at, c.due,
       c.resolved_at, c.reports_count,
       CASE WHEN c.public THEN r.public_words ELSE '' END, r.language,
       CASE WHEN c.public THEN r.public_location ELSE '' END,
       CASE WHEN c.public THEN (SELECT {SHOWN} FROM records_photo p
                                WHERE p.report_id = r.id AND {PUBLISHED} ORDER BY p.id LIMIT 1) END
FROM (SELECT c.id FROM records_case c WHERE {{conditions}}
      ORDER BY c.opened_at DESC, c.id DESC LIMIT %s) few
JOIN records_case c ON c.id = few.id LEFT JOIN records_report r ON r.reference = c.reference
ORDER BY c.opened_at DESC, c.id DESC
"""  # noqa: S608 - pieces

_LATE = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN {late} THEN 1 ELSE 0 END), 0)
FROM records_case c WHERE c.city_id = %s AND c.public AND {open}
"""
_LATELY = 1000

_TIMES = """
SELECT c.service_id, c.opened_at, c.resolved_at FROM records_case c WHERE {conditions}
ORDER BY c.opened_at DESC LIMIT %s
"""


def page(
    wanted: Wanted,
    *,
    inside: Inside | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 20,
) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Cases, newest first, that come after a key (opened_at, id); and the key of the next page."""
    conditions, parameters = _conditions(wanted)
    if inside is not None:
        conditions.append(inside.condition)
        parameters += inside.parameters
    if after is not None:
        conditions.append("(c.opened_at, c.id) < (%s, %s)")
        parameters += [parameter(after[0]), after[1]]
    sql = _PAGE.format(conditions=" AND ".join(conditions))
    rows = [_row(row) for row in fetch(sql, [*parameters, limit + 1])]
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], (more.opened_at, more.id) if more else None


def of_ids(ids: Sequence[int]) -> list[Row]:
    """These cases, newest first."""
    if not ids:
        return []
    sql = _PAGE.format(conditions=f"c.id IN ({marks(ids)})")
    return [_row(row) for row in fetch(sql, [*ids, len(ids)])]


def one(city_id: int, reference: str) -> Row | None:
    """The public case of this reference."""
    conditions = "c.city_id = %s AND c.public AND c.state <> 'merged' AND c.reference = %s"
    rows = fetch(_PAGE.format(conditions=conditions), [city_id, reference, 1])
    return _row(rows[0]) if rows else None


def figures(city_id: int, *, since: datetime, at: datetime) -> Figures:
    """Fixed from `since` until `at`, and in as long a time before; open and late at `at`."""
    before = since - (at - since)
    fixed = """
        SELECT COALESCE(SUM(CASE WHEN c.resolved_at >= %s THEN 1 ELSE 0 END), 0), COUNT(*)
        FROM records_case c
        WHERE c.city_id = %s AND c.public AND c.updated_at >= %s AND c.resolved_at >= %s"""
    times = [parameter(before), parameter(before)]
    ((new, both),) = fetch(fixed, [parameter(since), city_id, *times])
    ((opened, overdue),) = fetch(_LATE.format(**KINDS), [parameter(at), city_id])
    return Figures(new, both - new, opened, overdue)


def fixed_with_photos(city_id: int, *, limit: int = 3) -> list[int]:
    """Ids of the public cases fixed last that can be shown before and after, of the `_LATELY` that
    something happened to last: what has a photo after it cannot be asked of an index."""
    sql = f"""
        SELECT c.id FROM (
            SELECT id, reference, public, state, resolved_at FROM records_case
            WHERE city_id = %s ORDER BY updated_at DESC, id DESC LIMIT %s) AS c
        WHERE c.public AND c.state IN ('resolved', 'closed') AND c.resolved_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM records_photo p
                      WHERE p.case_id = c.id AND p.kind = 'after' AND {PUBLISHED})
          AND EXISTS (SELECT 1 FROM records_report r
                      JOIN records_photo p ON p.report_id = r.id AND {PUBLISHED}
                      WHERE r.reference = c.reference)
        ORDER BY c.resolved_at DESC, c.id DESC LIMIT %s"""  # noqa: S608 - pieces
    return [row[0] for row in fetch(sql, [city_id, _LATELY, limit])]


def times_to_fix(wanted: Wanted, *, limit: int = 1000) -> list[tuple[int | None, timedelta]]:
    """How long the cases opened last took until they were fixed, each with its service."""
    conditions, parameters = _conditions(wanted)
    sql = _TIMES.format(conditions=" AND ".join(conditions))
    return [
        (service_id, known_moment(end) - known_moment(start))
        for service_id, start, end in fetch(sql, [*parameters, limit])
    ]


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions, parameters = ["c.city_id = %s", "c.public", "c.state <> 'merged'"], [wanted.city_id]
    if wanted.kind is not None:
        conditions.append(KINDS[wanted.kind])
        parameters += [parameter(wanted.at)] if wanted.kind == "late" else []
    for column, ids in (("service_id", wanted.services), ("place_id", wanted.places)):
        if ids is not None:
            conditions.append(f"c.{column} IN ({marks(ids)})")
            parameters += ids
    if wanted.since is not None:
        conditions.append("c.opened_at >= %s")
        parameters.append(parameter(wanted.since))
    return conditions, parameters


def _row(row: Sequence[Any]) -> Row:
    values = list(row)
    for place in (6, 7, 8):
        values[place] = moment(values[place])
    values[3] = bool(values[3])
    values[10:13] = [value or "" for value in values[10:13]]
    return Row(*values)
