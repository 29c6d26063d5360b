"""The sums of what arrived are those of the reports, whatever was done, and when made anew."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding
from ngoma.casework.errors import Refusal
from ngoma.cities.book import Book
from ngoma.insight import arriving
from ngoma.people.permissions import SYSTEM, Actor, resident
from ngoma.records.models import Arrived, Proposal, Report
from ngoma.records.queries import arrivals
from ngoma.records.sql import counts
from ngoma.records.sql.counts import ARRIVALS, DAYS, HOURS
from ngoma.records.sql.statements import fetch
from tests.casework.test_invariants import ACTS, STEPS
from tests.insight.following import arrive

# What is not committed has not happened yet for a reader on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)
PLACES = ((0.05, 32.02), (0.05, 32.021), (0.15, 32.15), (0.12, 32.02))
TURNS = st.tuples(st.just("turn"), st.integers(0, 2), st.sampled_from(["light", "pothole"]))
MOVES = st.tuples(st.just("move"), st.integers(0, 2), st.integers(0, 3))
BACKDATED = st.tuples(st.just("late"), st.integers(0, 2), st.integers(1, 400))


@pytest.fixture
def empty_sums(transactional_db: None) -> None:
    """The sums are no models: nothing else empties them."""
    counts.drop(ARRIVALS)
    counts.create(ARRIVALS)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=st.lists(ACTS | TURNS | MOVES | BACKDATED | st.just("read"), max_size=16),
    hours=st.lists(st.integers(0, 24 * 30), min_size=3, max_size=3),
)
def test_they_equal_a_recount_whatever_was_done(
    acts: list[Any], hours: list[int], town: Book, report: Any, coordinator: Actor, empty_sums: None
) -> None:
    at = now() - timedelta(days=30)
    told = [
        report(service=service, at=at + timedelta(hours=more))
        for service, more in zip(("pothole", "light", "pothole"), hours, strict=True)
    ]
    actors = [coordinator, SYSTEM, resident(told[0])]
    for act in acts:
        if act == "read":
            arriving.follow()
            continue
        _do(act, town, report, told, actors)
    arrive()
    _equal_to_the_reports(town)
    kept = _everything()
    arriving.rebuild(lambda done: None)
    assert _everything() == kept


def _do(act: Any, town: Book, report: Any, told: list[Report], actors: list[Actor]) -> None:
    name, which, what = act
    if name == "late":
        told.append(report(at=now() - timedelta(days=what)))
        return
    case_id = Report.objects.get(pk=told[which].pk).case_id
    with suppress(Refusal, Report.DoesNotExist):
        if name == "turn":
            service = town.service_by_code[what].id
            deciding.correct(actor=actors[0], case_id=case_id, service_id=service)
        elif name == "move":
            deciding.correct(actor=actors[0], case_id=case_id, position=PLACES[what])
        else:
            STEPS[name](actors[what % len(actors)], case_id)


def _equal_to_the_reports(town: Book) -> None:
    expected: Counter[tuple[int, ...]] = Counter()
    for each in Report.objects.filter(city=town.id).select_related("case"):
        proposed = Proposal.objects.filter(report=each).order_by("-pk").first()
        of_proposal = proposed.service_id if proposed else None
        local = each.received_at.astimezone(town.zone)
        day = (local.date() - datetime(1970, 1, 1).date()).days
        service = each.case.service_id or of_proposal or each.service_id or 0
        place = town.district(each.case.place_id or each.place_id) or 0
        channel = arriving.CHANNELS[each.channel]
        expected[(town.id, day * 24 + local.hour, service, place, channel)] += 1
    days: Counter[tuple[int, ...]] = Counter()
    for (city, hour, *rest), number in expected.items():
        days[(city, hour // 24, *rest)] += number
    assert {tuple(row[:5]): row[5] for row in fetch(f"SELECT * FROM {HOURS.name}")} == expected
    assert {tuple(row[:5]): row[5] for row in fetch(f"SELECT * FROM {DAYS.name}")} == days


def _everything() -> list[Any]:
    rows = [sorted(fetch(f"SELECT * FROM {table.name}")) for table in ARRIVALS]
    return [*rows, sorted(Arrived.objects.values_list())]


def test_an_hour_is_one_of_the_citys_own_clock(town: Book, report: Any, empty_sums: None) -> None:
    midnight = datetime(2026, 5, 3, tzinfo=town.zone)
    for minutes in (-1, 0, 59, 60):
        report(service="pothole", at=midnight + timedelta(minutes=minutes))
    arrive()
    first = (midnight.date() - datetime(1970, 1, 1).date()).days * 24
    service = town.service_by_code["pothole"].id
    place = town.district(town.place_by_code["kasubi"].id)
    assert arrivals.by_hour(town.id, first - 1, first + 1) == [
        (first - 1, service, place, 1), (first, service, place, 2), (first + 1, service, place, 1),
    ]  # fmt: skip
    assert [row.reports for row in arrivals.by_day(town.id, first // 24, first // 24)] == [3]
    assert arrivals.first_day(town.id) == first // 24 - 1


def test_what_is_proposed_counts_until_a_person_decides(
    town: Book, report: Any, coordinator: Actor, empty_sums: None
) -> None:
    from ngoma.casework.proposing import propose

    with frozen(datetime(2026, 5, 4, 9, tzinfo=UTC)):
        told = report(service=None)
        arrive()
        assert _services(town) == {0: 1}
        light, pothole = (town.service_by_code[code].id for code in ("light", "pothole"))
        proposal = Proposal.objects.create(
            report=told, created_at=now(), model="t", service_id=light, confidence=0.9,
            confident=True, urgency=0, services=[], reasons=[],
        )  # fmt: skip
        propose(proposal_id=proposal.pk)
        arrive()
        assert _services(town) == {light: 1}
        deciding.accept(actor=coordinator, case_id=told.case_id, service_id=pothole)
        arrive()
        assert _services(town) == {pothole: 1}


def _services(town: Book) -> dict[int, int]:
    return {row.service: row.reports for row in arrivals.by_day(town.id, 0, 10**6)}
