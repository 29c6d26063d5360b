"""Jobs: as sure as their cause, run by one worker at a time, and again until they work."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from ngoma import journey
from ngoma.base.clock import frozen, now
from ngoma.records.models import Bookmark, Job
from ngoma.work import registry, timers, worker
from ngoma.work.queue import Later, put
from ngoma.work.registry import Handler, Timer
from tests.casework import MONDAY
from tests.processes import begin
from tests.work import crew

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_jobs() -> Iterator[None]:
    crew.hire()
    yield
    journey.install()


def handle(atomic: bool = True, **handlers: Callable[..., object]) -> None:
    made = {kind: Handler(run, atomic=atomic) for kind, run in handlers.items()}
    registry.install(handlers=made, followers={})


def fails(**data: Any) -> None:
    Bookmark.objects.create(reader="half done")
    raise ValueError(f"cannot write to ann@example.org or +256772123456: \x00{data}")


def test_a_job_exists_exactly_if_its_cause_does() -> None:
    with transaction.atomic():
        put("count", {"number": 1})
        transaction.set_rollback(True)
    assert worker.run_until_idle() == 0
    with transaction.atomic():
        put("count", {"number": 1})
    assert worker.run_until_idle() == 1
    assert Bookmark.objects.get().reader == "ran 1"
    assert not Job.objects.exists()


def test_a_job_waits_for_its_time() -> None:
    with frozen(MONDAY):
        put("count", {"number": 1}, run_at=MONDAY + SECOND)
        assert worker.run_once() == 0
    with frozen(MONDAY + SECOND):
        assert worker.run_once() == 1


def test_jobs_run_in_the_order_of_their_time_and_then_of_their_putting() -> None:
    ran: list[int] = []
    handle(note=lambda number: ran.append(number))
    for number, delay in enumerate((2, 0, 1, 0)):
        put("note", {"number": number}, run_at=MONDAY + delay * SECOND)
    with frozen(MONDAY + 5 * SECOND):
        assert worker.run_until_idle() == 4
    assert ran == [1, 3, 2, 0]


def test_what_cannot_be_begun_soon_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timers wait for a batch; but one job at least is run, or none would ever be."""
    monkeypatch.setattr(worker, "BATCH_SECONDS", -1.0)
    ran: list[int] = []
    handle(slow=lambda number: ran.append(number))
    for number in range(3):
        put("slow", {"number": number}, run_at=MONDAY)
    with frozen(MONDAY):
        assert worker.run_once() == 1
        assert list(Job.objects.values_list("attempts", "claimed_until")) == [(0, None)] * 2
        assert worker.run_until_idle() == 2
    assert ran == [0, 1, 2]


def test_of_a_job_with_a_key_one_waits_at_a_time() -> None:
    for number in range(3):
        put("count", {"number": number}, key="the same")
    assert worker.run_until_idle() == 1
    put("count", {"number": 3}, key="the same")
    assert worker.run_until_idle() == 1


@pytest.mark.parametrize("atomic", [True, False])
def test_what_fails_is_tried_again_ever_later_and_then_parked(atomic: bool) -> None:
    handle(atomic, fails=fails if atomic else lambda: 1 / 0)
    put("fails", {}, run_at=MONDAY)
    at, pauses = MONDAY, []
    for _ in range(worker.ATTEMPTS):
        with frozen(at):
            assert worker.run_once() == 1
            assert worker.run_once() == 0
        job = Job.objects.get()
        pauses.append((job.run_at - at).total_seconds())
        at = max(job.run_at, at)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, pauses[-1]]
    assert job.parked_at == at
    assert ("ValueError: cannot write" if atomic else "ZeroDivisionError") in job.error
    assert not Bookmark.objects.exists(), "what failed has no effect"
    with frozen(at + timedelta(days=365)):
        assert worker.run_once() == 0


def test_the_error_of_a_job_names_nobody() -> None:
    handle(fails=fails)
    put("fails", {})
    worker.run_once()
    error = Job.objects.get().error
    assert "ann@" not in error
    assert "256772" not in error


def test_later_is_no_failure() -> None:
    def later() -> None:
        raise Later(90)

    handle(later=later)
    put("later", {}, run_at=MONDAY)
    for number in range(3 * worker.ATTEMPTS):
        with frozen(MONDAY + number * 90 * SECOND):
            assert worker.run_once() == 1
    job = Job.objects.get()
    assert (job.attempts, job.parked_at, job.claimed_until, job.error) == (0, None, None, "")
    assert job.run_at == MONDAY + 3 * worker.ATTEMPTS * 90 * SECOND


def test_a_job_that_nobody_knows_is_kept_for_whoever_does() -> None:
    put("from a newer version", {})
    worker.run_once()
    job = Job.objects.get()
    assert "no handler" in job.error
    crew.hire()
    registry.install(handlers={"from a newer version": Handler(lambda: None)}, followers={})
    with frozen(job.run_at):
        assert worker.run_once() == 1
    assert not Job.objects.exists()


def claim(at: datetime) -> Job:
    """A job as a worker has claimed it that is slow to run it."""
    from ngoma.records.sql.claims import claim

    with transaction.atomic():
        (job_id,) = claim(1, at=at, until=at + worker.HOLD)
    return Job.objects.get(pk=job_id)


@pytest.mark.parametrize("kind", ["count", "say"])
def test_who_was_too_slow_does_nothing_when_another_has_the_job(
    kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    put(kind, {"number": 1}, run_at=MONDAY)
    slow = claim(MONDAY)
    late = MONDAY + worker.HOLD + SECOND
    second = claim(late)
    with frozen(late):
        worker.run_job(slow)
        assert Job.objects.get().claimed_until == second.claimed_until
        worker.run_job(second)
        worker.run_job(slow)
    assert not Job.objects.exists()
    assert Bookmark.objects.count() == (kind == "count")
    assert capfd.readouterr().out == ("1\n" if kind == "say" else "")


def test_what_a_slow_worker_failed_at_is_not_taken_from_another() -> None:
    handle(atomic=False, fails=lambda: 1 / 0)
    put("fails", {}, run_at=MONDAY)
    slow = claim(MONDAY)

    def overtaken() -> None:
        claim(MONDAY + worker.HOLD + SECOND)
        raise ValueError

    handle(atomic=False, fails=overtaken)
    with frozen(MONDAY):
        worker.run_job(slow)
    job = Job.objects.get()
    assert (job.attempts, job.error) == (2, "")
    assert job.claimed_until > MONDAY + worker.HOLD


def test_a_job_outside_transactions_is_held_anew_when_its_turn_comes() -> None:
    put("say", {"number": 1}, run_at=MONDAY)
    job = claim(MONDAY)
    turn = MONDAY + worker.HOLD - SECOND
    held = []
    handle(atomic=False, say=lambda number: held.append(Job.objects.get().claimed_until))
    with frozen(turn):
        worker.run_job(job)
    assert held == [turn + worker.HOLD]


def test_a_job_that_kills_its_workers_is_parked_too() -> None:
    put("count", {"number": 1}, run_at=MONDAY)
    at = MONDAY
    for _ in range(worker.ATTEMPTS):
        claim(at)
        at += worker.HOLD + SECOND
    with frozen(at):
        worker.run_once()
    job = Job.objects.get()
    assert job.parked_at == at
    assert "died" in job.error
    assert not Bookmark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_never_run_the_same_job() -> None:
    Bookmark.objects.create(reader="sum")
    for number in range(60):
        put("say", {"number": number})
        put("count", {"number": number})
    run = begin("tests.work.crew", "work", "4")
    said = run.communicate(timeout=90)[0].split()
    assert run.returncode == 0
    assert sorted(map(int, said)) == list(range(60))
    assert Bookmark.objects.get(reader="sum").event == 60
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_has_done_nothing_and_its_job_is_run_again() -> None:
    Bookmark.objects.create(reader="sum")
    put("hang", {"number": 1})
    put("count", {"number": 2})
    run = begin("tests.work.crew", "die")
    assert run.stdout is not None
    assert run.stdout.readline() == "in the middle\n"
    run.kill()
    run.communicate()
    assert list(Bookmark.objects.values_list("reader", "event")) == [("sum", 0)]
    assert worker.run_once() == 0, "the dead worker holds them still"
    handle(hang=crew.count, count=crew.count)
    with frozen(now() + worker.HOLD + SECOND):
        assert worker.run_once() == 2
    assert Bookmark.objects.get(reader="sum").event == 2
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_asked_to_stop_ends_its_job_and_gives_the_others_back() -> None:
    stop, ran = Signal(), []

    def last(number: int) -> None:
        ran.append(number)
        stop.set()

    handle(last=last)
    for number in range(5):
        put("last", {"number": number}, run_at=now() - SECOND)

    def go() -> None:
        worker.run(stop)
        connection.close()

    thread = Thread(target=go)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert ran == [0]
    assert list(Job.objects.values_list("attempts", "claimed_until")) == [(0, None)] * 4


def test_timers_run_when_they_are_due_and_one_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timers, "PAUSE", 0.0)
    ran: list[str] = []
    minute = timedelta(minutes=1)
    three = (
        Timer("tests: fails", minute, lambda: 1 / 0),
        Timer("tests: often", minute, lambda: ran.append("often")),
        Timer("tests: seldom", 5 * minute, lambda: ran.append("seldom")),
    )
    registry.install(handlers={}, followers={}, timers=three)
    for number in range(6):
        with frozen(MONDAY + number * minute):
            timers.tick()
            timers.tick()
    assert (ran.count("often"), ran.count("seldom")) == (6, 2)
    with frozen(MONDAY + 5 * minute):
        assert timers.tick() == []
        assert timers.tick(force=True) == [timer.name for timer in three]


def test_however_fast_a_replay_goes_a_timer_leaves_room_for_others() -> None:
    ran: list[float] = []
    second = timedelta(seconds=1)
    registry.install(
        handlers={}, followers={}, timers=(Timer("tests: fast", second, lambda: ran.append(1)),)
    )
    for number in range(50):
        with frozen(MONDAY + number * second):
            timers.tick()
    assert len(ran) == 1


def test_an_event_is_not_followed_by_a_job_that_nobody_handles() -> None:
    with pytest.raises(LookupError, match="nobody"):
        registry.install(handlers={}, followers={"opened": ("nobody",)})
