"""Finding reports."""

from django.db import connection


def report_once(city_id: int, origin: str, key: str) -> int | None:
    """The id of the report that a sender already handed in under this key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM records_report WHERE city_id = %s AND origin = %s AND key = %s",
            [city_id, origin, key],
        )
        row = cursor.fetchone()
    return row[0] if row else None
