"""Times in hand-written SQL: SQLite hands them over as naive text in UTC, PostgreSQL aware."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection


def moment(value: Any) -> datetime | None:
    """A time as the database handed it over, aware and in UTC; None where it has none."""
    return None if value is None else known_moment(value)


def known_moment(value: Any) -> datetime:
    """A time of a column that always has one."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def parameter(at: datetime) -> Any:
    """A time as a parameter of hand-written SQL."""
    return connection.ops.adapt_datetimefield_value(at)
