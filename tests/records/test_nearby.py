"""Cases close to a point: all of them, found by one scan of an index."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from bench import filling, staff
from ngoma.base.clock import now
from ngoma.base.quad import around
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.records.models import OPEN, Case
from ngoma.records.queries.nearby import around_point, open_around, open_in_box
from ngoma.settings.prepared import PACKS

pytestmark = pytest.mark.django_db
METRES, MOST = 4000.0, 10_000


@pytest.fixture
def city() -> Book:
    """A made-up city with some hundred cases."""
    book.forget()
    made = book.book_of(load(PACKS / "kampala").pk)
    filling.fill(made, 400, until=now(), staff=staff.hire(made.id).pk, advance=lambda _done: None)
    return made


def _in_square(city: Book, lat: float, lon: float) -> list[Case]:
    south, west, north, east = around(lat, lon, METRES)
    inside = Case.objects.filter(
        city=city.id, lat__range=(south, north), lon__range=(west, east), quad__isnull=False
    )
    return list(inside)


def test_what_is_open_or_was_done_lately_is_found(city: Book) -> None:
    draw, since = Random(4), now() - timedelta(days=7)
    spots = Random(5).sample(list(Case.objects.exclude(quad=None)), 25)
    met = 0
    for spot in spots:
        lat, lon = spot.lat + draw.uniform(-0.003, 0.003), spot.lon + draw.uniform(-0.003, 0.003)
        square = _in_square(city, lat, lon)
        still = {case.pk for case in square if case.state in OPEN}
        ended = [case for case in square if case.state in ("resolved", "closed")]
        done = {each.pk for each in ended if each.resolved_at and each.resolved_at >= since}
        found = around_point(city.id, lat, lon, metres=METRES, at=now(), limit=MOST)
        assert {row["id"] for row in found} == still | done
        assert {
            row[0] for row in open_around(city.id, lat, lon, metres=METRES, limit=MOST)
        } == still
        met += len(still | done)
    assert met > 50


def test_what_is_open_is_found_by_one_scan_of_an_index_that_holds_nothing_else(city: Book) -> None:
    """PostgreSQL plans each scan that a statement has, every time. Which index it takes for so few
    cases is its own affair."""
    sql, parameters = open_in_box(city.id, 0.33, 32.58, METRES)
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {sql}", parameters)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert plan.count("case_open_nearby" if sqlite else " on records_case c ") == 1
