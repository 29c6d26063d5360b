"""Finding cases by words: the one function behind every search."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from ngoma.base import references, syllables
from ngoma.base.references import BadReference
from ngoma.records.sql import search as index
from ngoma.records.sql.moments import known_moment
from ngoma.records.sql.statements import fetch

MOST = 500
LONGEST_TERM = 40
"""Characters of a word that count."""
LONGEST_QUERY = 200
"""Characters of a query that count."""

_ID_BITS = 31
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FURTHEST = 2**32 - 1
_BY_REFERENCE = """
SELECT c.id, c.opened_at FROM records_report r JOIN records_case c ON c.id = r.case_id
WHERE r.city_id = %s AND r.reference = %s
"""


class Found(NamedTuple):
    """A case, and its place among those found: the next page starts before it."""

    id: int
    key: int


def search(
    city_id: int, text: str, *, public: bool, limit: int = MOST, before: int | None = None
) -> list[Found]:
    """The city's cases that hold every word of the text, newest first, after the one at `before`.

    Everything in a case counts that staff may read, or with `public` that everybody may. Parts of
    Korean, Japanese, Chinese and Thai words are found as well. Whoever types the reference of a
    report gets the case that it belongs to now, alone.
    """
    known = _by_reference(city_id, text)
    if known is not None:
        return [known] if before is None else []
    terms = shortened(syllables.query(text[:LONGEST_QUERY]))
    if not terms:
        return []
    keys = index.newest(city_id, terms, public=public, below=before, limit=limit)
    return [Found(each & ((1 << _ID_BITS) - 1), each) for each in keys]


def key(opened_at: datetime, case_id: int) -> int:
    """A number that is higher for cases opened later, and tells the case.

    Seconds since 1970 (from 1834 to 2106), then 31 bits of the id: so the order of the index is
    the order of the pages, and nothing is sorted.
    """
    seconds = int((opened_at - _EPOCH).total_seconds())
    return max(-_FURTHEST, min(seconds, _FURTHEST)) << _ID_BITS | case_id


def shortened(terms: Iterable[str]) -> list[str]:
    """Terms as the index has them, each once."""
    return list(dict.fromkeys(term[:LONGEST_TERM] for term in terms))


def _by_reference(city_id: int, text: str) -> Found | None:
    try:
        reference = references.read(text)
    except BadReference:
        return None
    for case_id, opened_at in fetch(_BY_REFERENCE, [city_id, reference]):
        return Found(case_id, key(known_moment(opened_at), case_id))
    return None
