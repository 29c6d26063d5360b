"""What happened to requests in a span of time, for programs that follow them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max

from ngoma.records.models import OPEN, Event, Update
from ngoma.records.queries.visible import visible
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import decoded, fetch, literals, marks

MOVING = ("accepted", "rejected", "referred", "started", "resolved", "closed", "reopened", "merged")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """An event of a case, told of one of its reports. `moved`: the kind that gave the state.

    What an older system left open is told as reopened.
    """

    event_id: int
    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]
    report_id: int
    reference: str
    public: bool
    moved: str | None


_BETWEEN = """
SELECT e.id, e.seq, e.kind, e.at, e.data, r.id, r.reference, {visible},
       (SELECT CASE WHEN m.data ->> 'state' IN ({open})
               THEN 'reopened' ELSE m.kind END
        FROM records_event m WHERE m.case_id = e.case_id AND m.seq <= e.seq
        AND m.kind IN ({moving}) AND NOT m.undone ORDER BY m.seq DESC LIMIT 1)
FROM records_case c
JOIN records_event e ON e.case_id = c.id
JOIN records_report r ON r.case_id = c.id
WHERE c.city_id = %s AND c.updated_at >= %s AND e.at >= %s AND e.at <= %s AND r.received_at <= e.at
  AND e.kind IN ({kinds}) AND NOT e.undone AND ({visible} OR r.origin = %s)
  AND (e.at, e.id, r.id) > (%s, %s, %s)
ORDER BY e.at, e.id, r.id LIMIT %s
"""


def between(
    city_id: int,
    start: datetime,
    end: datetime,
    *,
    kinds: Sequence[str],
    moving: Sequence[str],
    hidden: Sequence[int],
    origin: str,
    after: str = "",
    limit: int,
) -> tuple[list[Told], str | None]:
    """Events of these kinds from start to end, in order, and the key of the next page.

    Those of private requests only for their own `origin`; `moving` are kinds that give a state.
    """
    public, private = visible(hidden)
    micros, event_id, report_id = (int(part) for part in (after or "0-0-0").split("-"))
    key = max(_EPOCH + timedelta(microseconds=micros), start)
    sql = _BETWEEN.format(
        visible=public, kinds=marks(kinds), moving=marks(moving), open=literals(OPEN)
    )
    parameters = [
        *private, *moving, city_id, parameter(start), parameter(start), parameter(end),
        *kinds, *private, origin,
        parameter(key), event_id if after else 0, report_id if after else 0, limit + 1,
    ]  # fmt: skip
    found = [_told(row) for row in fetch(sql, parameters)]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    micros = (last.at - _EPOCH) // timedelta(microseconds=1)
    return found[:limit], f"{micros}-{last.event_id}-{last.report_id}"


def last_move(case_id: int) -> datetime:
    """When the city, or another body by its own clock, last moved the case; the epoch if never."""
    by_bodies = Update.objects.filter(report__case=case_id).aggregate(at=Max("at"))["at"]
    own = Event.objects.filter(case=case_id, kind__in=MOVING, undone=False).exclude(
        actor=Event.Actor.BODY
    )
    by_city = own.aggregate(at=Max("at"))["at"]
    return max([at for at in (by_bodies, by_city) if at is not None], default=_EPOCH)


def _told(row: Sequence[Any]) -> Told:
    values = list(row)
    values[3] = moment(values[3])
    values[4] = decoded(values[4])
    values[7] = bool(values[7])
    return Told(*values)
