"""The figures of a city's work as they were reckoned last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ngoma.records.models import City, Outcomes, OutcomesSpan


def made_at(city_id: int, department: int = 0, months: int | None = None) -> datetime | None:
    """When that was reckoned which `newest` gives."""
    found = _kept(city_id, department, months)
    return found.values_list("made_at", flat=True).first()


def made() -> dict[int, datetime]:
    """When the figures of each city were reckoned last."""
    return dict(Outcomes.objects.filter(department=0).values_list("city", "made_at"))


def newest(
    city_id: int, department: int = 0, months: int | None = None
) -> tuple[datetime, Any] | None:
    """What was reckoned for the city, or for a department of it, in all or of fewer months, and
    when; None where nothing was yet."""
    return _kept(city_id, department, months).values_list("made_at", "figures").first()


def _kept(city_id: int, department: int, months: int | None) -> QuerySet[Any]:
    if months is None:
        return Outcomes.objects.filter(city=city_id, department=department)
    return OutcomesSpan.objects.filter(city=city_id, department=department, months=months)


def replace(
    city_id: int,
    made_at: datetime,
    figures: Mapping[int, Any],
    spans: Mapping[tuple[int, int], Any],
) -> None:
    """Put figures, by department, and those of fewer months, by department and months, in the
    place of all that were reckoned for the city before.

    Of two at once the later one stays whole.
    """
    rows = [
        Outcomes(city_id=city_id, department=department, made_at=made_at, figures=found)
        for department, found in figures.items()
    ]
    shorter = [
        OutcomesSpan(
            city_id=city_id, department=department, months=months, made_at=made_at, figures=found
        )
        for (department, months), found in spans.items()
    ]
    with transaction.atomic():
        # Neither sees what the other is about to put, and of each department there may be one.
        City.objects.select_for_update(no_key=True).get(pk=city_id)
        Outcomes.objects.filter(city=city_id).delete()
        Outcomes.objects.bulk_create(rows)
        OutcomesSpan.objects.filter(city=city_id).delete()
        OutcomesSpan.objects.bulk_create(shorter)
