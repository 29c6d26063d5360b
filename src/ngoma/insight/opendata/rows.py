"""The reports of a city as everybody may have them, a row each, kept as partitions by month.

A report that is private, or was told as such, is there with its service, its state and days,
without words, address, answer and department, with a coarse position and the greatest place around
it. It has no reference and no order within its day: either would tell the time beside its
neighbours'.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from functools import partial
from itertools import groupby
from typing import Any

import pyarrow as pa

from ngoma.base.months import bounds
from ngoma.cities.book import Book, text
from ngoma.insight.answering import answer_text
from ngoma.insight.opendata.dictionary import REPORTS
from ngoma.insight.partitions import Kind, Made, made
from ngoma.people.publicity import COARSE_DIGITS, TELLING, public_position
from ngoma.records.queries import published

_ARROW = {
    "string": pa.string(),
    "dateTime": pa.timestamp("ms"),  # in UTC, without a zone: what every engine reads fastest
    "double": pa.float64(),
}
SCHEMA = pa.schema([(each.name, _ARROW[each.type]) for each in REPORTS])


def rows(book: Book, month: int) -> Iterator[Made]:
    """The reports that came in a month of the city, in the order of the schema."""
    known = _Names(book)
    found = published.rows(
        book.id, *bounds(month, book.zone), hidden=book.private_services, telling=TELLING
    )
    for _, day in groupby(found, lambda row: row.received_at.astimezone(book.zone).date()):
        told = list(day)
        private = [
            made(row.case_id, partial(_private, known, row)) for row in told if not row.public
        ]
        yield from sorted(private, key=lambda each: repr(each[1]))
        for row in told:
            if row.public:
                yield made(row.case_id, partial(_public, known, row))


def _reads(book: Book) -> Any:
    """What the pack decides on: who is hidden, and what all things are called."""
    known = _Names(book)
    named = (known.services, known.departments, known.places, known.wholes)
    answers = [book.settings[each] for each in ("reasons", "bodies")]
    return (*(sorted(each.items()) for each in named), book.private_services, *answers)


PUBLIC = Kind(
    name="public", version=2 + COARSE_DIGITS * 1000, schema=SCHEMA, rows=rows, reads=_reads
)
"""How many digits of a position are published is part of the version: fewer must reach all."""


class _Names:
    """Codes and names of a city by number, in its own language."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.language = book.languages[0]
        self.services = {
            each.id: (each.code, text(each.names, self.language)) for each in book.services.values()
        }
        self.departments = {
            each.id: text(each.names, self.language) for each in book.departments.values()
        }
        self.places = {each.id: each.code for each in book.places.values()}
        self.wholes = {
            each: self.places[chain[-1]] for each in book.places if (chain := book.chain(each))
        }


def _public(known: _Names, row: published.Row) -> Sequence[Any]:
    code, name = known.services.get(row.service_id or 0, ("", ""))
    lat, lon = public_position(row.lat, row.lon, exact=True) or (None, None)
    return (
        row.reference,
        _second(row.received_at),
        _second(row.updated_at),
        _second(row.closed_at),
        _second(row.due),
        row.state,
        answer_text(known.book, *row.told, known.language) if row.told else "",
        row.channel,
        code,
        name,
        row.words,
        known.departments.get(row.department_id or 0, ""),
        row.location,
        known.places.get(row.place_id or 0, ""),
        lat,
        lon,
    )


def _private(known: _Names, row: published.Row) -> Sequence[Any]:
    code, name = known.services.get(row.service_id or 0, ("", ""))
    lat, lon = public_position(row.lat, row.lon, exact=False) or (None, None)
    times = (row.received_at, row.updated_at, row.closed_at, row.due)
    days = (_second(_day(known.book, each)) for each in times)
    place = known.wholes.get(row.place_id or 0, "")
    return ("", *days, row.state, "", row.channel, code, name, "", "", "", place, lat, lon)


def _day(book: Book, at: datetime | None) -> datetime | None:
    """The beginning of the day on the city's clocks."""
    if at is None:
        return None
    return datetime.combine(at.astimezone(book.zone).date(), time(), book.zone)


def _second(at: datetime | None) -> datetime | None:
    """The moment in UTC, cut to the second, without a zone."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
