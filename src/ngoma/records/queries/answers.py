"""What the city answered before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import Event, Report


class Said(NamedTuple):
    """What the reporters of a public case were told."""

    case_id: int
    department_id: int | None
    text: str


def answered_before(
    city_id: int, *, service_id: int | None, before: datetime, limit: int = 20
) -> list[dict[str, Any]]:
    """The newest answers to solved cases of a service, as fields of `triage.Past`."""
    if service_id is None:
        return []
    events = (
        Event.objects.filter(
            kind="resolved",
            undone=False,
            case__city=city_id,
            case__service=service_id,
            at__lt=before,
        )
        .exclude(data__text="")
        .order_by("-case__opened_at")
        .values_list("case_id", "case__service_id", "case__reference", "data", "at")[:limit]
    )
    rows = list(events)
    reports = Report.objects.filter(reference__in=[row[2] for row in rows])
    said = {r["reference"]: r for r in reports.values("reference", "words", "language")}
    return [
        {
            "case_id": case_id,
            "service_id": service,
            "words": said[reference]["words"],
            "answer": data.get("text", ""),
            "language": said[reference]["language"],
            "at": at,
        }
        for case_id, service, reference, data, at in rows
        if reference in said
    ]


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
