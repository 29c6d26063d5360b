"""Months of a calendar as numbers, so that they are counted and compared: since the year 0."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def month_of(at: datetime, zone: ZoneInfo) -> int:
    """The month in which clocks of the zone show the moment."""
    local = at.astimezone(zone)
    return local.year * 12 + local.month - 1


def first_day(month: int) -> date:
    """The first day of a month. ValueError outside the years 1 to 9999."""
    return date(month // 12, month % 12 + 1, 1)


def bounds(month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The month's first moment and that of the next month, in UTC."""
    first, after = (
        datetime.combine(first_day(each), datetime.min.time(), tzinfo=zone).astimezone(UTC)
        for each in (month, month + 1)
    )
    return first, after


def written(month: int) -> str:
    """2026-06"""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def read(text: str) -> int:
    """The month of a text such as 2026-06. Raises ValueError."""
    year, _, number = text.partition("-")
    if len(year) != 4 or len(number) != 2 or not (year + number).isdecimal():
        raise ValueError(f"not a month such as 2026-06: {text[:20]!r}")
    first = date(int(year), int(number), 1)
    return first.year * 12 + first.month - 1
