"""The forecasts of a city that are kept, and the lines of the newest."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from ngoma.records.models import Forecast, ForecastLine

Key = tuple[int | None, int | None]
"""A service and a place; None: all."""


def replace_lines(forecast: Forecast, lines: Iterator[tuple[Key, Any]]) -> None:
    """Keep the lines of a forecast apart, instead of those of the city's last."""
    rows = (
        ForecastLine(forecast=forecast, service=service, place=place, line=line)
        for (service, place), line in lines
    )
    with transaction.atomic():
        ForecastLine.objects.filter(forecast__city=forecast.city_id).delete()
        ForecastLine.objects.bulk_create(rows, batch_size=500)


def newest(city_id: int) -> tuple[int, date, datetime] | None:
    """The newest whose lines are kept: its id, its day, when it was made."""
    lines = ForecastLine.objects.filter(forecast=OuterRef("pk"))
    found = Forecast.objects.filter(Exists(lines), city=city_id).order_by("-day")
    return found.values_list("pk", "day", "made_at").first()


def keys(forecast_id: int) -> list[Key]:
    """The services in all places, and the places of all services, that have a line."""
    of_one = _lines(forecast_id)
    rows = of_one.filter(place=None) | of_one.filter(service=None)
    return list(rows.order_by("pk").values_list("service", "place"))


def line(forecast_id: int, service: int | None, place: int | None) -> Any:
    """The line of a key; None where hardly anything is expected."""
    rows = _lines(forecast_id).filter(service=service, place=place)
    return rows.values_list("line", flat=True).first()


def by_service(forecast_id: int, place: int | None) -> list[Any]:
    """The line of each service in a place (None: in all)."""
    rows = _lines(forecast_id).filter(place=place).exclude(service=None)
    return list(rows.order_by("pk").values_list("line", flat=True))


def by_place(forecast_id: int, service: int | None) -> list[Any]:
    """The line of each place for a service (None: for all)."""
    rows = _lines(forecast_id).filter(service=service).exclude(place=None)
    return list(rows.order_by("pk").values_list("line", flat=True))


def every_line(forecast_id: int) -> Iterator[Any]:
    """All lines."""
    rows = _lines(forecast_id).order_by("pk").values_list("line", flat=True)
    return rows.iterator(chunk_size=500)


def _lines(forecast_id: int) -> QuerySet[ForecastLine]:
    return ForecastLine.objects.filter(forecast=forecast_id)


def between(city_id: int, first: date, last: date) -> Iterator[Forecast]:
    """What was foretold from one day to another, one by one, because each is large."""
    return Forecast.objects.filter(city=city_id, day__range=(first, last)).iterator(chunk_size=1)


def made(city_id: int, first: date, last: date) -> list[tuple[date, datetime]]:
    """The days from one to another of which something was foretold, and when."""
    found = Forecast.objects.filter(city=city_id, day__range=(first, last))
    return list(found.values_list("day", "made_at"))


def first_day(city_id: int, day: date) -> Any:
    """What was foretold on a day of this day itself. Raises `Forecast.DoesNotExist`."""
    return Forecast.objects.values_list("first", flat=True).get(city=city_id, day=day)
