"""A month in numbers: those of a recount, as it stood at the right moment."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ngoma.base.clock import frozen
from ngoma.base.months import first_day, month_of, read
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.insight import monthly
from ngoma.insight.monthly import Nothing, change
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, City, Report, Service
from tests.insight.test_partitions import START, live, opened, who

__all__ = ["who"]
pytestmark = pytest.mark.django_db(transaction=True)
APRIL = read("2026-04")
NOW = START + timedelta(days=200)


@pytest.fixture
def lived(town: Book, who: Actor) -> None:
    """Cases of two months that went all the ways there are."""
    draw, cases = Random(3), []
    for number in range(60):
        at = START + timedelta(hours=draw.randrange(24 * 50))
        service, place = draw.choice(["pothole", "light"]), draw.choice([None, *town.places])
        cases.append(opened(town, number, at, service=service, place=place, lat=0.15, lon=32.05))
        live(who, town, cases, draw)


def test_what_came_is_what_a_recount_finds(lived: None, town: Book) -> None:
    with frozen(NOW):
        found, after = monthly.month(town, APRIL), monthly.month(town, APRIL + 1)
    reports = [
        report
        for report in Report.objects.select_related("case")
        if report.case and month_of(report.received_at, town.zone) == APRIL
    ]
    days = Counter(report.received_at.astimezone(town.zone).day for report in reports)
    assert found.came.days == [days[day] for day in range(1, 31)]
    services = Counter(town.services[report.case.service_id].code for report in reports)  # type: ignore[union-attr]
    assert found.came.services == services
    districts = [town.district(report.case.place_id) for report in reports]  # type: ignore[union-attr]
    assert found.came.districts == Counter(
        town.places[each].code if each else "" for each in districts
    )
    cases = [
        case
        for case in Case.objects.exclude(state="merged")
        if month_of(case.opened_at, town.zone) == APRIL
    ]
    assert found.figures.whole.work.cases == len(cases)
    assert found.figures.whole.work.solved == sum(case.resolved_at is not None for case in cases)
    assert sum(found.cells.values()) == sum(case.reports_count for case in cases)
    assert (found.before, found.year_before) == (None, None)  # March is known from its 28th on
    assert after.before == found.came
    assert (found.whole, found.last, found.recorded) == (True, date(2026, 4, 30), False)
    assert found.rates["west"].people == 2000


def test_reports_of_a_private_kind_came_from_no_district(town: Book, who: Actor) -> None:
    Service.objects.filter(city=town.id, code="light").update(public=False)
    City.objects.filter(pk=town.id).update(version=99)
    books.forget()
    town = books.book_of(town.id)
    west = town.place_by_code["west"].id
    for number, service in enumerate(["pothole", "light", "light"]):
        opened(town, number, START, service=service, place=west)
    with frozen(START + timedelta(days=1)):
        came = monthly.month(town, month_of(START, town.zone)).came
    assert came.services == {"pothole": 1, "light": 2}
    assert came.districts == {"west": 1, "": 2}


def test_a_month_is_told_until_today_and_not_before_it_begins(town: Book, who: Actor) -> None:
    opened(town, 1, datetime(2026, 4, 2, 9, 0, tzinfo=UTC))
    with frozen(datetime(2026, 4, 9, 22, 30, tzinfo=UTC)):  # it is the tenth in this city
        found = monthly.month(town, APRIL)
        with pytest.raises(Nothing, match="no case"):
            monthly.month(town, APRIL - 1)
        with pytest.raises(Nothing, match="not begun"):
            monthly.month(town, APRIL + 1)
    assert (found.whole, found.last, len(found.came.days)) == (False, date(2026, 4, 10), 10)


def test_history_is_told_as_it_stood_when_its_records_ended(town: Book, who: Actor) -> None:
    ended = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
    opened_at = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
    histories = [
        History(key="1", opened_at=opened_at),
        History(key="2", opened_at=opened_at, changed_at=ended, state="closed", ended=True),
    ]
    record(town, histories, origin="old")
    with frozen(NOW):
        found = monthly.month(town, APRIL)
    assert (found.recorded, found.at) == (True, ended)


counts = st.integers(0, 500)
days = st.integers(1, 31)


@given(counts, days, counts, days)
def test_a_change_lies_in_its_range_which_is_wilsons(
    count: int, length: int, before: int, length_before: int
) -> None:
    found = change(count, length, before, length_before)
    if not before:
        assert found is None
        return
    assert found is not None
    at, low, high = found
    assert low <= at + 1e-9
    assert at <= high + 1e-9
    assert at == pytest.approx(count / length / (before / length_before) - 1)
    share = binomtest(count, count + before).proportion_ci(method="wilson")
    more = length_before / length
    assert low == pytest.approx(share.low / (1 - share.low) * more - 1, rel=1e-6, abs=1e-6)
    assert high == pytest.approx(share.high / (1 - share.high) * more - 1, rel=1e-6, abs=1e-6)


def test_weeks_are_foretold_from_what_came_before(town: Book, who: Actor) -> None:
    """Two reports on each day of sixty: two a day are to be expected, and come."""
    first = datetime.combine(first_day(APRIL) - timedelta(days=60), datetime.min.time(), town.zone)
    moments = [first + timedelta(hours=12 * number + 6) for number in range(2 * 75)]
    pothole = town.service_by_code["pothole"].id
    histories = [History(key=str(at), opened_at=at, service_id=pothole) for at in moments]
    record(town, histories, origin="old")
    with frozen(NOW):
        found = monthly.month(town, APRIL).weeks[0]
    assert (found.first, found.came, found.before) == (first_day(APRIL), 14, 14)
    assert sum(each.mean for each in found.days) == pytest.approx(14, abs=3)
