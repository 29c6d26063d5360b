"""The `[calendar]` of a city as its pack writes it, made into a calendar."""

from collections.abc import Container, Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from ngoma.cities.calendar import Calendar, public_holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _AnyOf:
    """Days that are in one of several collections."""

    def __init__(self, *collections: Container[date]) -> None:
        self._collections = collections

    def __contains__(self, day: object) -> bool:
        return any(day in each for each in self._collections)


def calendar_of(table: Mapping[str, Any], zone: ZoneInfo, country: str) -> Calendar:
    """The calendar of a `[calendar]` table whose days are ISO texts.

    Raises ValueError where hours overlap or there are none, or the country is not known.
    """
    week = {
        DAYS.index(day): [stretch(text) for text in texts]
        for day, texts in table.get("open", {}).items()
    }
    closed: Container[date] = _days(table, "closed")
    if table.get("holidays", False):
        closed = _AnyOf(closed, public_holidays(country, table.get("region") or None))
    return Calendar(zone, week, closed, _days(table, "opened"))


def stretch(text: str) -> tuple[time, time]:
    """Opening and closing time of '08:00-17:00'; 24:00 is midnight. Raises ValueError."""
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError(f"{text!r} is no stretch of time")
    closes = closes.strip()
    return time.fromisoformat(opens.strip()), time.fromisoformat(
        "00:00" if closes == "24:00" else closes
    )


def _days(table: Mapping[str, Any], key: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in table.get(key, ()))
