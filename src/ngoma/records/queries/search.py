"""Finding cases by words of their reports: the one function behind every search."""

from django.db import connection

MOST = 500

_FOUND = """
SELECT r.case_id FROM records_report r
WHERE r.city_id = %s AND {has} ORDER BY r.received_at DESC, r.id DESC LIMIT %s
"""


def matching(city_id: int, words: str, *, limit: int = MOST) -> list[int]:
    """Ids of the cases of which a report holds every one of the words, newest reports first."""
    wanted = words.upper().split()[:8]
    if not wanted:
        return []
    has = " AND ".join(
        ["(UPPER(r.words) LIKE %s ESCAPE '!' OR UPPER(r.location) LIKE %s ESCAPE '!')"]
        * len(wanted)
    )
    patterns = [pattern for word in wanted for pattern in [_pattern(word)] * 2]
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(has=has), [city_id, *patterns, limit])
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))


def _pattern(word: str) -> str:
    for character in "!%_":
        word = word.replace(character, "!" + character)
    return f"%{word}%"
