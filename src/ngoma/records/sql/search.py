"""The index of words: an FTS5 table on SQLite, vectors with GIN indexes on PostgreSQL.

Either holds a row a case, by its key: the city, the terms that staff find it by, and those that
everybody does. Terms come ready made from `base.syllables`; neither database takes them apart. The
table is derived: it can be dropped, made and filled again, so it is no model.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection


class Entry(NamedTuple):
    """What a case is found by. A higher `key` is a newer case."""

    key: int
    city_id: int
    words: list[str]
    public_words: list[str]


# The tokenizer `ascii` leaves everything alone that is not ASCII, and in ASCII a term has letters
# and digits only: so it splits at the spaces between terms, and nowhere else.
_SQLITE = (
    """CREATE VIRTUAL TABLE records_search USING fts5(
        city, words, public_words, tokenize = 'ascii', detail = column, columnsize = 0)""",
)
# What was added last lies in a list that every search goes through: so it is kept short.
_POSTGRESQL = (
    """CREATE TABLE records_search (
        key bigint PRIMARY KEY, city_id bigint NOT NULL,
        words tsvector NOT NULL, public_words tsvector NOT NULL)""",
    "CREATE INDEX search_by_city ON records_search (city_id, key)",
    """CREATE INDEX search_words ON records_search USING gin (words)
        WITH (gin_pending_list_limit = 256)""",
    """CREATE INDEX search_public_words ON records_search USING gin (public_words)
        WITH (gin_pending_list_limit = 256)""",
)
_WRITE = """
INSERT INTO records_search (key, city_id, words, public_words)
VALUES (%s, %s, array_to_tsvector(%s::text[]), array_to_tsvector(%s::text[]))
"""


def create() -> None:
    """Make the empty index."""
    _run(_POSTGRESQL if _on_postgresql() else _SQLITE)


def drop() -> None:
    """Throw the index away."""
    _run(["DROP TABLE IF EXISTS records_search"])


def write(entries: Sequence[Entry], *, instead_of: Iterable[int]) -> None:
    """Write entries in place of what was there under the keys. Call it in a transaction."""
    key = "key" if _on_postgresql() else "rowid"
    with connection.cursor() as cursor:
        keys = [(each,) for each in instead_of]
        cursor.executemany(f"DELETE FROM records_search WHERE {key} = %s", keys)  # noqa: S608
        if _on_postgresql():
            cursor.executemany(_WRITE, entries)
            return
        cursor.executemany(
            "INSERT INTO records_search (rowid, city, words, public_words) VALUES (%s, %s, %s, %s)",
            [(each[0], str(each[1]), " ".join(each[2]), " ".join(each[3])) for each in entries],
        )


def tidy() -> None:
    """After very much was written: merge what was written in pieces, count what is in it."""
    if _on_postgresql():
        _run(["ANALYZE records_search"])
    else:
        _run(["INSERT INTO records_search (records_search) VALUES ('optimize')"])


def newest(
    city_id: int, terms: Sequence[str], *, public: bool, below: int | None, limit: int
) -> list[int]:
    """Keys of the city's cases with all of the terms, highest first, lower than `below`."""
    column = "public_words" if public else "words"
    parameters: list[Any]
    if _on_postgresql():
        condition = f"city_id = %s AND {column} @@ %s::tsquery"
        parameters = [city_id, " & ".join(f"'{term}'" for term in terms)]
        key = "key"
    else:
        condition = "records_search MATCH %s"
        all_of_them = " AND ".join(f'"{term}"' for term in terms)
        parameters = [f'city : "{city_id}" AND {column} : ({all_of_them})']
        key = "rowid"
    if below is not None:
        condition += f" AND {key} < %s"
        parameters.append(below)
    sql = f"SELECT {key} FROM records_search WHERE {condition} ORDER BY {key} DESC LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, limit])
        return [row[0] for row in cursor.fetchall()]


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
