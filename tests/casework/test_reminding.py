"""Colleagues are reminded of promises by the rungs of a ladder, in working time, each once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from ngoma.casework import assigning, deciding, reminding, working
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Alert, Case, City, Event, Job, NextReminder, Notice, User
from ngoma.work.worker import run_until_idle
from tests.casework import MONDAY

# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def tick(at: datetime) -> int:
    """What the clock does, but for other timers."""
    while reminding.read_batch():
        pass
    done = reminding.remind_due(at)
    while NextReminder.objects.filter(at__lte=at).exists():
        done += reminding.remind_due(at)
    return done


def reminded(case: Case) -> list[tuple[str, str]]:
    events = case.events.filter(kind="reminded").order_by("seq")
    return [(each.data["promise"], each.data["at"]) for each in events]


def test_ticking_again_tells_nothing_again(report: Any) -> None:
    case = report().case
    assert tick(MONDAY + 2 * HOUR + timedelta(minutes=1)) == 1
    assert tick(MONDAY + 2 * HOUR + timedelta(minutes=1)) == 0
    assert reminded(case) == [("answer", "50%")]


def test_after_an_outage_the_worst_alone_is_told(report: Any) -> None:
    case = report().case
    tick(MONDAY + timedelta(days=30))
    assert reminded(case) == [("answer", "late+3d")]


def test_two_clocks_tell_once(report: Any) -> None:
    cases = [report().case for _ in range(5)]
    while reminding.read_batch():
        pass

    def run(_number: int) -> int:
        try:
            return reminding.remind_due(MONDAY + 3 * HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) >= 5  # each sees what the other has just done
    assert [len(reminded(case)) for case in cases] == [1] * 5


def test_a_case_with_which_it_fails_holds_no_other_up(
    report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = report().case, report().case
    while reminding.read_batch():
        pass
    changed = reminding.change

    def fail(verb: str, *, case_id: int, **how: Any) -> Any:
        if case_id == broken.pk:
            raise ZeroDivisionError
        return changed(verb, case_id=case_id, **how)

    monkeypatch.setattr(reminding, "change", fail)
    assert reminding.remind_due(MONDAY + 3 * HOUR) == 1
    assert reminded(sound)
    monkeypatch.undo()
    assert reminding.remind_due(MONDAY + 3 * HOUR) == 1
    assert reminded(broken)


def test_a_department_has_a_ladder_of_its_own(report: Any, coordinator: Actor, town: Book) -> None:
    case = report().case
    front = town.department_by_code["front"].id
    assigning.assign(actor=coordinator, case_id=case.pk, department_id=front, at=MONDAY)
    tick(MONDAY + 3 * HOUR)
    assert reminded(case) == []
    tick(MONDAY + 5 * HOUR)
    assert reminded(case) == [("answer", "90%")]


@pytest.fixture
def people(employ: Callable[..., Actor]) -> dict[str, int]:
    """A triager and leaders, by user id."""
    roles = {
        "triager": employ("triager"),
        "west": employ("supervisor", "roads-west"),
        "roads": employ("supervisor", "roads"),
        "coordinator": employ("coordinator"),
    }
    return {name: actor.user_id or 0 for name, actor in roles.items()}


def tell() -> None:
    """Let the colleagues be told, and nothing else happen, for that would happen now."""
    Job.objects.exclude(kind="notices.alert").delete()
    run_until_idle()


def told_to(case: Case) -> list[set[int]]:
    tell()
    events = Event.objects.filter(case=case, kind="reminded").order_by("seq")
    return [set(Alert.objects.filter(event=each).values_list("user", flat=True)) for each in events]


def test_the_ladder_leads_upwards(
    report: Any, people: dict[str, int], town: Book, employ: Any
) -> None:
    west = town.department_by_code["roads-west"].id
    case = report().case
    assigning.assign(actor=employ("coordinator"), case_id=case.pk, department_id=west, at=MONDAY)
    for at in (2.5, 4.5, 5.5, 30, 24 * 20):
        tick(MONDAY + at * HOUR)
    found = told_to(case)
    assert found[0] == {people["triager"]}
    assert found[1] == {people["triager"], people["west"]}
    assert found[2] == found[1]
    assert found[3] == {people["roads"]}
    assert people["coordinator"] in found[4]


def test_what_cannot_wait_comes_by_mail_to_who_wants_it(
    report: Any, people: dict[str, int]
) -> None:
    User.objects.filter(pk=people["triager"]).update(email="t@example.org", language="sw")
    User.objects.filter(pk=people["coordinator"]).update(email="c@example.org", mailed=False)
    case = report().case
    tick(MONDAY + 2.5 * HOUR)
    tell()
    assert not Notice.objects.filter(user__isnull=False).exists()
    tick(MONDAY + 5 * HOUR)
    tick(MONDAY + timedelta(days=20))
    tell()
    notice = Notice.objects.get(user__isnull=False)
    assert (notice.user_id, notice.channel, notice.language) == (people["triager"], "email", "sw")
    assert "Tarehe iliyoahidiwa imepita" in notice.subject
    assert case.reference[:3] in notice.subject


def test_what_an_older_system_left_late_reminds_nobody(town: Book) -> None:
    from ngoma.casework.recording import History, record

    opened = MONDAY - timedelta(days=400)
    old = {"opened_at": opened, "service_id": town.service_by_code["pothole"].id}
    record(
        town,
        [
            History(key="late", due=opened + timedelta(days=30), **old),
            History(key="soon", due=datetime(2099, 1, 1, tzinfo=UTC), **old),
        ],
        origin="old",
    )
    assert tick(MONDAY + timedelta(days=30)) == 0
    assert SYSTEM.kind == "system"


def test_who_was_told_not_fixed_hears_again_in_time(report: Any, coordinator: Actor) -> None:
    case = report().case
    on = {"actor": coordinator, "case_id": case.pk}
    deciding.accept(**on, at=MONDAY)
    working.resolve(**on, text="Done", at=MONDAY)
    working.reopen(**on, at=MONDAY + HOUR)
    tick(MONDAY + 3.5 * HOUR)
    assert reminded(case) == [("answer", "50%")]


def test_a_case_that_nobody_answers_still_has_to_be_solved(report: Any) -> None:
    case = report().case
    for week in range(9):
        tick(MONDAY + timedelta(weeks=week))
    assert ("solution", "late+3d") in reminded(case)


def test_a_date_that_is_given_again_is_no_news(report: Any, coordinator: Actor) -> None:
    case = report().case
    tick(MONDAY + 2.5 * HOUR)
    deciding.correct(
        actor=coordinator, case_id=case.pk, position=(0.15, 32.05), at=MONDAY + 3 * HOUR
    )
    tick(MONDAY + 3.1 * HOUR)
    assert reminded(case) == [("answer", "50%")]


def test_who_moves_to_another_ladder_misses_no_rung(
    report: Any, coordinator: Actor, town: Book
) -> None:
    case = report().case
    tick(MONDAY + 2.5 * HOUR)
    front = town.department_by_code["front"].id
    assigning.assign(
        actor=coordinator, case_id=case.pk, department_id=front, at=MONDAY + 2.6 * HOUR
    )
    tick(MONDAY + 4.9 * HOUR)
    assert reminded(case) == [("answer", "50%"), ("answer", "90%")]


def test_a_danger_is_reminded_of_by_the_clock(report: Any, coordinator: Actor) -> None:
    night = MONDAY + 12 * HOUR
    case = report(at=night).case
    deciding.correct(actor=coordinator, case_id=case.pk, urgency=2, at=night)
    for minutes in (50, 65, 100, 125):
        tick(night + timedelta(minutes=minutes))
    assert reminded(case) == [("answer", each) for each in ("50%", "80%", "late")]


def test_a_ladder_that_changed_holds_after_the_pack_is_loaded(report: Any, town: Book) -> None:
    case = report().case
    tick(MONDAY)
    city = City.objects.get(pk=town.id)
    city.settings["ladders"]["roads"] = [{"at": "10%", "tell": ["responsible"]}]
    city.version += 1
    city.save()
    book.forget()
    reminding.look_again(city.pk)
    NextReminder.objects.update(at=MONDAY)
    tick(MONDAY + HOUR)
    assert reminded(case) == [("answer", "10%")]


def test_a_moment_that_tells_nothing_stands_in_nobodys_way(report: Any) -> None:
    case = report().case
    tick(MONDAY)
    moment = NextReminder.objects.get(pk=case.pk).at
    NextReminder.objects.update(at=MONDAY - HOUR)
    assert reminding.remind_due(MONDAY) == 0
    assert NextReminder.objects.get(pk=case.pk).at == moment


def test_the_mail_names_the_date_that_was_missed(report: Any, people: dict[str, int]) -> None:
    User.objects.filter(pk=people["triager"]).update(email="t@example.org", language="en")
    case = report().case
    tick(MONDAY + 5.5 * HOUR)
    tell()
    missed = case.answer_due.astimezone(ZoneInfo("Africa/Kampala"))
    assert f"{missed:%H:%M}" in Notice.objects.get(user__isnull=False).text


def test_a_rung_that_finds_nobody_tells_the_coordinators(
    report: Any, employ: Callable[..., Actor]
) -> None:
    coordinator = employ("coordinator")
    case = report().case
    tick(MONDAY + 2.5 * HOUR)
    assert told_to(case) == [{coordinator.user_id}]
