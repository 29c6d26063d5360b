"""Bursts are kept while they last, with the words of those who told of them."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.insight import bursting
from ngoma.intake.submit import Receipt, submit
from ngoma.records.models import Burst, Job
from ngoma.work import timers, worker
from tests.casework import MONDAY
from tests.intake import told

pytestmark = pytest.mark.django_db
Tell = Callable[..., list[Receipt]]
MINUTES = timedelta(minutes=1)


@pytest.fixture
def tell(town: Book) -> Tell:
    """Takes in as many reports of the same thing, one a minute, each of somebody else."""
    people = itertools.count()

    def tell(number: int, at: Any = MONDAY, **said: Any) -> list[Receipt]:
        receipts = []
        for n in range(number):
            with frozen(at + n * MINUTES):
                words = {
                    "words": f"No light on the whole street, pole {n}",
                    "service": "light",
                    "phone": f"0772{next(people):06}",
                }
                receipts.append(submit(told(town, **words | said)))
        return receipts

    return tell


def look(town: Book, at: Any) -> list[Burst]:
    with frozen(at):
        bursting.look(town.id)
    return list(Burst.objects.order_by("pk"))


def test_many_reports_of_one_thing_are_a_burst(town: Book, tell: Tell) -> None:
    receipts = tell(8)
    tell(1, words="Something wholly different here", service="light")
    (burst,) = look(town, MONDAY + 20 * MINUTES)
    assert burst.service_id == town.service_by_code["light"].id
    assert burst.reports == 9
    assert {receipt.case.pk for receipt in receipts} <= set(burst.cases)
    assert burst.words.startswith("No light on the whole street")
    assert burst.usual < 1
    assert burst.chance < 1e-5


def test_a_burst_that_goes_on_is_one(town: Book, tell: Tell) -> None:
    tell(8)
    (first,) = look(town, MONDAY + 20 * MINUTES)
    assert look(town, MONDAY + 20 * MINUTES) == [first], "again, nothing is new"
    tell(6, MONDAY + 60 * MINUTES)
    (burst,) = look(town, MONDAY + 80 * MINUTES)
    assert (burst.pk, burst.reports, burst.ended_at) == (first.pk, 14, None)
    assert burst.found_at == first.found_at


def test_it_is_over_a_day_after_it_was_last_found(town: Book, tell: Tell) -> None:
    tell(8)
    look(town, MONDAY + 20 * MINUTES)
    for hours in (12, 23, 40):
        (burst,) = look(town, MONDAY + timedelta(hours=hours))
        assert burst.ended_at is None
    (burst,) = look(town, MONDAY + timedelta(hours=50))
    assert burst.ended_at == MONDAY + timedelta(hours=50)
    tell(9, MONDAY + timedelta(hours=51))
    assert len(look(town, MONDAY + timedelta(hours=52))) == 2


def test_who_tells_of_many_is_one(town: Book, tell: Tell) -> None:
    tell(8, phone="0772999999")
    tell(6, MONDAY + 20 * MINUTES, phone="")
    assert look(town, MONDAY + 40 * MINUTES) == []
    tell(3, MONDAY + 40 * MINUTES)
    (burst,) = look(town, MONDAY + 50 * MINUTES)
    assert burst.reports == 17


def test_what_came_every_day_is_no_burst(town: Book, tell: Tell) -> None:
    for days in range(1, 8):
        tell(9, MONDAY - timedelta(days=7 * days))
        tell(9, MONDAY - timedelta(days=7 * days + 3))
    tell(7)
    assert look(town, MONDAY + 20 * MINUTES) == []


def test_what_an_older_system_had_is_passed_over(town: Book, tell: Tell) -> None:
    tell(8, channel="import")
    assert look(town, MONDAY + 20 * MINUTES) == []


def test_what_an_older_system_had_was_usual(town: Book, tell: Tell) -> None:
    for days in range(1, 8):
        tell(9, MONDAY - timedelta(days=7 * days), channel="import")
        tell(9, MONDAY - timedelta(days=7 * days + 3), channel="import")
    tell(7)
    assert look(town, MONDAY + 20 * MINUTES) == []


def test_the_clock_has_every_city_looked_at(town: Book, tell: Tell) -> None:
    tell(8, MONDAY)
    with frozen(MONDAY + 20 * MINUTES):
        timers.tick(force=True)
        assert Job.objects.filter(kind="insight.bursts").count() == 1
        worker.run_until_idle()
    assert Burst.objects.count() == 1
