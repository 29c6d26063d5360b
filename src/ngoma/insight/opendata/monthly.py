"""How many reports, by month, kind of problem and district: a small table of all of them."""

import csv
import io
from collections import Counter

import duckdb

from ngoma.base.spreadsheets import plain
from ngoma.cities.book import Book, text
from ngoma.insight.opendata.dictionary import COUNTS

Key = tuple[str, str, str, str]
"""Month, code and name of the service, code of the place."""


def table(book: Book, rows: duckdb.DuckDBPyRelation) -> tuple[bytes, int]:
    """The counts as CSV, and how many lines there are.

    A report whose exact place is private is counted by the whole around it, as its row is
    published.
    """
    counted = _counted(book, rows)
    names = {each.code: text(each.names, book.languages[0]) for each in book.places.values()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([each.name for each in COUNTS])
    for (month, code, name, place), count in sorted(counted.items()):
        told = (month, code, name, place, names.get(place, ""), count)
        writer.writerow([plain(cell) for cell in told])
    return out.getvalue().encode(), len(counted)


def _counted(book: Book, rows: duckdb.DuckDBPyRelation) -> Counter[Key]:
    districts = _districts(book)
    counted: Counter[Key] = Counter()
    by_place = "part, service_code, service_name, place"
    for month, code, name, place, count in rows.aggregate(f"{by_place}, count(*) AS n").fetchall():
        counted[month, code, name, districts.get(place, "")] += count
    return counted


def _districts(book: Book) -> dict[str, str]:
    """The district around each place, both by their codes."""
    around = {each.code: book.district(each.id) for each in book.places.values()}
    return {code: book.places[each].code for code, each in around.items() if each}
