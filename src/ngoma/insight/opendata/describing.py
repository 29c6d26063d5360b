"""The dictionary as files: for people as CSV, for programs as W3C's CSV on the Web."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.utils.translation import override

from ngoma.cities.book import Book
from ngoma.insight.opendata.dictionary import TABLES, Column
from ngoma.insight.opendata.languages import spoken

Examples = Mapping[str, Mapping[str, str]]
"""A value by table and column, as it is published."""


def as_csv(book: Book, examples: Examples) -> bytes:
    """Every column of every table with its type, an example, unit and meaning in all languages."""
    languages = spoken(book)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    named = (f"{what}_{language}" for language in languages for what in ("unit", "meaning"))
    writer.writerow(["table", "column", "type", "example", *named])
    for table, columns in TABLES.items():
        for column in columns:
            told = [text for language in languages for text in _in(language, column)]
            example = examples.get(table, {}).get(column.name, "")
            writer.writerow([table, column.name, column.type, example, *told])
    return out.getvalue().encode()


def as_metadata(book: Book, table: str, files: Sequence[str], licence: str) -> bytes:
    """What the CSV files of a table are, by CSV on the Web: types and meanings."""
    columns = [_column(book, each) for each in TABLES[table]]
    schema = {"columns": columns}
    found = {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:license": {"@id": licence},
        "tables": [{"url": name, "tableSchema": schema} for name in files],
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=1)


def _column(book: Book, column: Column) -> dict[str, Any]:
    meanings = [
        {"@value": _in(language, column)[1], "@language": language} for language in spoken(book)
    ]
    return {
        "name": column.name,
        "titles": column.name,
        "datatype": column.type,
        "dc:description": meanings,
    }


def _in(language: str, column: Column) -> tuple[str, str]:
    """Unit and meaning in a language."""
    with override(language):
        return str(column.unit), str(column.meaning)
