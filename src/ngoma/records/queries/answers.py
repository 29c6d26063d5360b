"""What the city answered before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import Event
from ngoma.records.sql.moments import known_moment, parameter
from ngoma.records.sql.statements import fetch


class Said(NamedTuple):
    """What the reporters of a public case were told."""

    case_id: int
    department_id: int | None
    text: str


_BEFORE = """
SELECT e.case_id, c.service_id, r.words, e.data ->> 'text', r.language, e.at
FROM records_case c
JOIN records_event e ON e.case_id = c.id
JOIN records_report r ON r.reference = c.reference
WHERE c.city_id = %s AND c.service_id = %s AND e.kind = 'resolved' AND NOT e.undone AND e.at < %s
  AND e.data ->> 'text' <> ''
ORDER BY c.opened_at DESC LIMIT %s
"""


def answered_before(
    city_id: int, *, service_id: int | None, before: datetime, limit: int = 20
) -> list[dict[str, Any]]:
    """The newest answers to solved cases of a service, as fields of `triage.Past`."""
    if service_id is None:
        return []
    rows = fetch(_BEFORE, [city_id, service_id, parameter(before), limit])
    names = ("case_id", "service_id", "words", "answer", "language")
    return [dict(zip(names, row, strict=False)) | {"at": known_moment(row[5])} for row in rows]


def last_answers(case_ids: Sequence[int]) -> dict[int, str]:
    """By case what was last said when it was solved."""
    events = Event.objects.filter(case__in=case_ids, kind="resolved", undone=False)
    told = events.exclude(data__text="").order_by("pk").values_list("case", "data")
    return {case_id: data.get("text", "") for case_id, data in told}


def said_in(case_ids: Sequence[int], kind: str) -> dict[int, Said]:
    """By case what was last said by events of a kind, if the case is public."""
    events = Event.objects.filter(case__in=case_ids, case__public=True, kind=kind, undone=False)
    told = events.exclude(data__text="").order_by("pk")
    return {
        case_id: Said(case_id, department_id, data.get("text", ""))
        for case_id, department_id, data in told.values_list("case", "case__department", "data")
    }
