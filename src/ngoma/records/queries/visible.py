"""What may be read of a report by everybody: the condition, and the city's last answer."""

from collections.abc import Sequence
from typing import Any

from ngoma.records.sql.statements import decoded, marks

ANSWER = """(
    SELECT e.kind || ' ' || CAST(e.data AS TEXT) FROM records_event e
    WHERE e.case_id = c.id AND e.kind IN ({telling}) AND NOT e.undone
      AND (e.data ->> 'text' <> '' OR e.kind IN ('rejected', 'referred'))
    ORDER BY e.seq DESC LIMIT 1)"""
"""The last event of case `c` that answers; `telling` are marks for the kinds that may."""

Answer = tuple[str, dict[str, Any]]
"""The kind and the data of an event that answers. Its data is private until the gate was asked."""


def visible(hidden: Sequence[int]) -> tuple[str, list[Any]]:
    """The condition for requests that the public may know of: neither the case is private nor what
    the reporter chose, though the case may have been corrected since."""
    if not hidden:
        return "c.public", []
    named = marks(hidden)
    condition = (
        f"(c.public AND COALESCE(c.service_id, 0) NOT IN ({named})"
        f" AND COALESCE(r.service_id, 0) NOT IN ({named}))"
    )
    return condition, [*hidden, *hidden]


def open_case(hidden: Sequence[int]) -> tuple[str, list[Any]]:
    """The condition for cases that the public may know the place of: neither they are private nor
    what any of their reporters chose."""
    if not hidden:
        return "c.public", []
    named = marks(hidden)
    condition = f"""(c.public AND COALESCE(c.service_id, 0) NOT IN ({named}) AND NOT EXISTS (
        SELECT 1 FROM records_report t WHERE t.case_id = c.id AND t.service_id IN ({named})))"""  # noqa: S608 - marks
    return condition, [*hidden, *hidden]


def answer(column: str | None) -> Answer | None:
    """What `ANSWER` gave."""
    if column is None:
        return None
    kind, _, data = column.partition(" ")
    return kind, decoded(data)
