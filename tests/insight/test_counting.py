"""The kept counts follow the events and the clock, and are what they would be if made anew."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import frozen, now
from ngoma.base.quad import Tile
from ngoma.casework import deciding, merging, working
from ngoma.casework.errors import Refusal
from ngoma.cities.book import Book
from ngoma.insight import counting
from ngoma.people.permissions import SYSTEM, Actor, resident
from ngoma.records.models import Case, Counted, Report
from ngoma.records.queries import public_cases, public_counts, public_map
from ngoma.records.queries.public_cases import KINDS, Wanted
from ngoma.records.sql import counts
from ngoma.records.sql.counts import COUNTS, MONTHS, PERIODS
from ngoma.records.sql.statements import fetch
from ngoma.work import timers
from tests.casework.test_invariants import ACTS, STEPS
from tests.insight.following import count_up

# What is not committed has not happened yet for a reader on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)
WORLD = Tile(0, 0, 0)
PLACES = ((0.05, 32.02), (0.05, 32.021), (0.15, 32.15), (0.12, 32.02))
MOVES = st.tuples(st.just("move"), st.integers(0, 2), st.sampled_from(PLACES))
TURNS = st.tuples(st.just("turn"), st.integers(0, 2), st.sampled_from(["light", "pothole"]))
WAITS = st.tuples(st.just("wait"), st.sampled_from([1, 5, 25, 70]), st.just(0))


@pytest.fixture
def empty_counts(transactional_db: None) -> None:
    """The counts are no models: nothing else empties them."""
    counts.drop()
    counts.create()


@pytest.fixture
def clock(empty_counts: None) -> list[datetime]:
    """The last of these is the present: it goes on from one example to the next."""
    return [now()]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS | MOVES | TURNS | WAITS | st.just("read"), max_size=16))
def test_they_equal_a_recount_whatever_was_done(
    acts: list[Any], town: Book, report: Any, coordinator: Actor, clock: list[datetime]
) -> None:
    at = clock[-1]
    told = [report(service=service, at=at) for service in ("pothole", "light", "pothole")]
    actors = [coordinator, SYSTEM, resident(told[0])]
    for act in acts:
        at += timedelta(days=act[1]) if act[0] == "wait" else timedelta(minutes=1)
        with frozen(at):
            counting.follow() if act == "read" else _do(act, town, told, actors)
    clock.append(at)
    with frozen(at):
        count_up()
        _equal_to_the_list(town)
        kept = _everything()
        counting.rebuild(lambda done: None)
        count_up()
        assert _everything() == kept


def _do(act: Any, town: Book, told: list[Report], actors: list[Actor]) -> None:
    name, which, what = act
    if name == "wait":
        return
    with suppress(Refusal, Report.DoesNotExist):
        case_id = Report.objects.get(pk=told[which].pk).case_id
        if name == "move":
            deciding.correct(actor=actors[0], case_id=case_id, position=what)
        elif name == "turn":
            service_id = town.service_by_code[what].id
            deciding.correct(actor=actors[0], case_id=case_id, service_id=service_id)
        else:
            STEPS[name](actors[what], case_id)


def _equal_to_the_list(town: Book) -> None:
    """For whatever may be chosen: by kept counts, by looking, and by the rows of the cases."""
    services = [None, *([each.id] for each in town.services.values())]
    tops = [each for each in town.places.values() if each.parent_id is None]
    places = [(None, None), *((town.below(each.id), each.id) for each in tops)]
    for kind in (None, *KINDS):
        for chosen in services:
            for below, area in places:
                for days in (0, *PERIODS):
                    wanted = Wanted(
                        city_id=town.id, kind=kind, services=chosen, places=below, area=area,
                        days=days, at=now(),
                    )  # fmt: skip
                    rows, _ = public_cases.page(wanted, limit=1000)
                    looked = public_map.in_tile(wanted, WORLD)
                    assert {point.reference for point in looked} == {row.reference for row in rows}
                    stored = public_map._stored(wanted, WORLD)
                    assert sum(cluster.cases for cluster in stored) == len(rows)
    everywhere = (0, *town.places)
    standing = public_counts.standing(town.id, everywhere)
    rows, _ = public_cases.page(Wanted(city_id=town.id, kind="open", at=now()), limit=1000)
    assert sum(each.open for each in standing) == len(rows)
    assert sum(public_counts.open_by_place(town.id, everywhere).values()) == len(rows)


def _everything() -> list[Any]:
    rows = [fetch(f"SELECT * FROM {table.name} ORDER BY 1, 2, 3") for table in (COUNTS, MONTHS)]
    return [*map(sorted, rows), list(Counted.objects.order_by("pk").values_list())]


def test_made_anew_nothing_is_left_of_what_was(
    town: Book, report: Any, coordinator: Actor, empty_counts: None
) -> None:
    first, second = report(), report()
    count_up()
    assert _cases(town) == 2
    merging.merge(actor=coordinator, case_id=second.case_id, into=first.case_id)
    count_up()
    assert _cases(town) == 1
    assert fetch("SELECT COUNT(*) FROM records_count WHERE cases = 0") == [(0,)]


def test_time_alone_makes_a_case_late_and_old(
    town: Book, report: Any, coordinator: Actor, empty_counts: None
) -> None:
    case = report(at=now()).case
    due = Case.objects.get(pk=case.pk).due
    count_up()
    assert (_cases(town, kind="late"), _cases(town, days=7)) == (0, 1)
    with frozen(due + timedelta(seconds=1)):
        timers.tick(force=True)
        count_up()
        assert _cases(town, kind="late") == _cases(town, kind="open") == 1
    with frozen(now() + timedelta(days=91)):
        count_up()
        assert (_cases(town, days=90), _cases(town, days=365), _cases(town)) == (0, 1, 1)


def test_months_count_what_was_opened_and_what_was_fixed(
    town: Book, report: Any, coordinator: Actor, empty_counts: None
) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk)
    working.resolve(actor=coordinator, case_id=case.pk, text="done")
    count_up()
    case.refresh_from_db()
    found = public_counts.months(town.id, [case.place_id], since=0)
    assert sum(each.opened for each in found) == sum(each.fixed for each in found) == 1
    with frozen(now() + timedelta(days=1)):
        working.reopen(actor=coordinator, case_id=case.pk)
    count_up()
    found = public_counts.months(town.id, [case.place_id], since=0)
    assert [each.fixed for each in found] == [0]


@pytest.mark.parametrize("how", ["case", "report", "pack"])
def test_what_is_private_stands_nowhere_on_the_map(
    town: Book, report: Any, coordinator: Actor, empty_counts: None, how: str
) -> None:
    from ngoma.cities import book
    from ngoma.records.models import City, Service

    told = report(service="light")
    count_up()
    assert _cases(town) == 1
    Service.objects.filter(code="light").update(public=False)
    City.objects.update(version=99)
    book.forget()
    if how == "case":  # named private by an officer
        deciding.accept(actor=coordinator, case_id=told.case_id)
    elif how == "report":  # told in private, and corrected since
        other = town.service_by_code["pothole"].id
        deciding.correct(actor=coordinator, case_id=told.case_id, service_id=other)
        assert Case.objects.get(pk=told.case_id).public
    else:
        counting.look_again(town.id)
    count_up()
    assert _cases(town) == 0
    assert fetch("SELECT COUNT(*) FROM records_count WHERE cell > 0") == [(0,)]
    assert not Counted.objects.exclude(quad=None, x=0, y=0).exists()


def _cases(town: Book, **chosen: Any) -> int:
    wanted = Wanted(city_id=town.id, at=now(), **chosen)
    stored = public_map._stored(wanted, WORLD)
    assert sum(each.cases for each in stored) == len(public_map.in_tile(wanted, WORLD))
    return sum(each.cases for each in stored)
