"""Reports that a person decided on: what triage learns from."""

from typing import Any

from django.db.models import QuerySet

from ngoma.records.models import Decision

_FIELDS = {
    "words": "proposal__report__words",
    "language": "proposal__report__language",
    "lat": "proposal__report__lat",
    "lon": "proposal__report__lon",
    "at": "proposal__report__received_at",
    "channel": "proposal__report__channel",
    "place": "proposal__report__place",
    "chosen": "proposal__report__service",
    "answers": "proposal__report__answers",
}


def teaching(city_id: int) -> "QuerySet[Decision]":
    """The decisions of people on the service of a report with words.

    What was merged is left out: there the person looked at the place, not at the service.
    """
    made = Decision.objects.filter(
        proposal__report__city=city_id,
        service__retired=False,
        user__isnull=False,
        merged_into=None,
    )
    return made.exclude(proposal__report__words="")


def decided(city_id: int, *, limit: int) -> list[tuple[int, int, dict[str, Any]]]:
    """The newest of them, the first decided first: service and urgency, and the report as fields
    of `triage.Submission`."""
    newest = teaching(city_id).order_by("-at", "-pk")
    rows = newest.values_list("service", "urgency", *_FIELDS.values())[:limit]
    return [
        (service_id, urgency, dict(zip(_FIELDS, said, strict=True)))
        for service_id, urgency, *said in reversed(rows)
    ]


def told_apart(city_id: int, *, limit: int) -> list[tuple[int | None, list[dict[str, Any]]]]:
    """The newest decisions of people on reports that may have repeated a case, the first decided
    first: the case that each was merged into, if any, and those that were proposed."""
    made = Decision.objects.filter(proposal__report__city=city_id, user__isnull=False)
    newest = made.exclude(proposal__duplicates=[]).order_by("-at", "-pk")
    return list(newest.values_list("merged_into", "proposal__duplicates")[:limit])[::-1]
