"""Who follows a case, or a place that it lies in."""

from collections.abc import Sequence

from ngoma.records.sql.statements import fetch, marks

_FOLLOWS = """
WITH RECURSIVE whole(id) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT c.id FROM records_case c JOIN whole ON c.merged_into_id = whole.id
)
SELECT id FROM (
    SELECT f.id, f.contact_id, f.case_id, f.confirmed_at
    FROM whole JOIN records_follow f ON f.case_id = whole.id WHERE %s
    UNION ALL
    SELECT id, contact_id, case_id, confirmed_at FROM records_follow WHERE place_id IN ({places})
) AS following
WHERE confirmed_at IS NOT NULL AND contact_id > %s
ORDER BY contact_id, case_id IS NULL, case_id, id LIMIT %s
"""


def follows(
    case_id: int, places: Sequence[int], *, of_case: bool, after: int, limit: int
) -> list[int]:
    """The confirmed follows of these places and, with `of_case`, of the case and of all that became
    part of it. By contact, from the one after `after` on, and those of a case first."""
    sql = _FOLLOWS.format(places=marks(places))
    return [row[0] for row in fetch(sql, [case_id, of_case, *places, after, limit])]
