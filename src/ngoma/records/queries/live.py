"""What has happened in a city since a moment, for pages that stay open."""

from typing import NamedTuple

from ngoma.records.sql.statements import fetch
from ngoma.records.sql.transactions import after, settled

MOST = 200
"""Of more events than these a page is better loaded anew."""


class Mark(NamedTuple):
    """How far somebody has read. Numbers of transactions and events, as readers order them."""

    transaction: int
    event: int


class Changed(NamedTuple):
    """A case that changed, and the number of its last event."""

    id: int
    reference: str
    version: int


_LAST = """
SELECT "transaction", id FROM records_event WHERE "transaction" < %s
ORDER BY "transaction" DESC, id DESC LIMIT 1
"""
_SINCE = """
SELECT e."transaction", e.id, c.city_id, c.id, c.reference, c.version FROM (
    SELECT "transaction", id, case_id FROM records_event
    WHERE {after} AND "transaction" < %s ORDER BY "transaction", id LIMIT %s
) AS e JOIN records_case c ON c.id = e.case_id ORDER BY e."transaction", e.id
"""


def last() -> Mark:
    """Where who reads from now on begins."""
    rows = fetch(_LAST, [settled()])
    return Mark(*rows[0]) if rows else Mark(0, 0)


def since(city_id: int, mark: Mark) -> tuple[list[Changed] | None, Mark]:
    """The cases of the city that changed, and how far that is; None where it is too much."""
    rows = fetch(_SINCE.format(after=after()), [*mark, settled(), MOST + 1])
    if len(rows) > MOST:
        return None, last()
    changed = {row[3]: Changed(*row[3:]) for row in rows if row[2] == city_id}
    return list(changed.values()), Mark(*rows[-1][:2]) if rows else mark
