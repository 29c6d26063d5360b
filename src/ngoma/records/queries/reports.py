"""Finding reports."""

from ngoma.records.sql.statements import fetch

_ONCE = "SELECT id FROM records_report WHERE city_id = %s AND origin = %s AND key = %s"


def report_once(city_id: int, origin: str, key: str) -> int | None:
    """The id of the report that a sender already handed in under this key."""
    rows = fetch(_ONCE, [city_id, origin, key])
    return rows[0][0] if rows else None
