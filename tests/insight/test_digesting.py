"""The morning of a working day: what came beside what is usual, what rises, what is late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.insight import arriving, digesting
from ngoma.intake.submit import submit
from ngoma.records.models import Burst, Case, Digest, Job, Notice, Topic, User
from ngoma.records.queries.digests import Figures, figures
from ngoma.work import timers, worker
from tests.casework import MONDAY
from tests.intake import told

# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEVEN = MONDAY - 2 * HOUR
"""07:00 in the town, which works on Mondays and Tuesdays alone."""


@pytest.fixture
def tell(town: Book) -> Callable[..., list[Case]]:
    """Takes in as many reports at a time."""

    def tell(number: int, at: Any, **said: Any) -> list[Case]:
        cases = []
        for _ in range(number):
            with frozen(at):
                cases.append(submit(told(town, **{"service": "pothole"} | said)).case)
        return cases

    return tell


def make(town: Book, at: Any = SEVEN) -> Figures:
    while arriving.read_batch():
        pass
    with frozen(at):
        digesting.make(town.id)
    return figures(Digest.objects.latest("pk"))


def test_days_since_the_last_working_day_stand_beside_their_like(
    town: Book, tell: Callable[..., list[Case]]
) -> None:
    tell(5, MONDAY - 3 * DAY)
    for week in (1, 2):
        tell(2 * week, MONDAY - 3 * DAY - 7 * week * DAY)
    tell(1, MONDAY - 6 * DAY)
    days = {each.day.isoformat(): (each.reports, each.usual) for each in make(town).days}
    assert list(days) == [f"2026-05-{day}" for day in (31, 30, 29, 28, 27, 26)]
    assert days["2026-05-29"] == (5, 3)
    assert days["2026-05-26"] == (1, 0)


def test_what_rises_and_what_is_late_is_told_with_its_departments(
    town: Book, tell: Callable[..., list[Case]]
) -> None:
    cases = tell(2, MONDAY - 30 * DAY)
    Case.objects.update(due=MONDAY - DAY)
    Case.objects.filter(pk=cases[0].pk).update(urgency=2)
    ids = [case.pk for case in cases]
    own = cases[0].department_id
    moments = {"since": SEVEN, "at": SEVEN}
    Topic.objects.create(
        city_id=town.id, language="en", words="dry", reports=9, usual=0.5, z=5, cases=ids, **moments
    )
    Burst.objects.create(
        city_id=town.id, service_id=town.service_by_code["pothole"].id, lat=0.15, lon=32.05,
        radius_m=200, hours=2, usual=0.25, chance=0, reports=7, cases=ids, words="said so",
        found_at=SEVEN - DAY, last_at=SEVEN - DAY,
    )  # fmt: skip
    found = make(town)
    [word], [burst], [load] = found.words, found.bursts, found.loads
    assert (word.words, word.departments) == ("dry", [own])
    assert (burst.reports, burst.usual, burst.departments) == (7, 0.2, [own])
    assert burst.place == town.place_by_code["kasubi"].id
    assert (load.department, load.late, load.dangers) == (own, 2, 1)
    assert "said so" not in str(Digest.objects.get().figures)


@pytest.mark.parametrize(
    ("at", "jobs"),
    [
        (SEVEN, 1), (SEVEN - timedelta(minutes=1), 0), (SEVEN + 4 * HOUR, 1),
        (SEVEN + 5 * HOUR, 0), (SEVEN + DAY, 1), (SEVEN + 2 * DAY, 0),
    ],
)  # fmt: skip
def test_it_is_made_in_the_morning_of_working_days(town: Book, at: Any, jobs: int) -> None:
    with frozen(at):
        digesting.watch()
        digesting.watch()
    assert Job.objects.filter(kind="insight.digest").count() == jobs


def test_it_is_sent_once_a_day(town: Book, employ: Callable[..., Any]) -> None:
    user = User.objects.get(pk=employ("coordinator").user_id)
    user.email, user.digest = "akello@example.org", True
    user.save()
    for _ in range(2):
        with frozen(SEVEN):
            timers.tick(force=True)
            digesting.make(town.id)
            worker.run_until_idle()
    assert Notice.objects.filter(kind="digest", user=user).count() == 1
    with frozen(SEVEN + DAY):
        timers.tick(force=True)
        worker.run_until_idle()
    assert Notice.objects.filter(kind="digest", user=user).count() == 2
