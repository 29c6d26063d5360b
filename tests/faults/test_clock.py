"""The machine's clock is set an hour forward or back: nothing comes twice, nothing stands still."""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bench.hosts import Hosts, until
from bench.storm import Storm

from ngoma import journey
from ngoma.base.clock import frozen, now
from ngoma.casework.deadlines import escalate_late
from ngoma.cities.book import Book
from ngoma.intake.submit import submit
from ngoma.ledger import sealing
from ngoma.ledger.verifying import verify
from ngoma.people import codes, vault
from ngoma.people.vault import Address
from ngoma.records.models import Code, Event, Job, User
from ngoma.records.queries import holds
from ngoma.work import registry, stepping, timers
from ngoma.work.apart import Apart
from ngoma.work.queue import put
from ngoma.work.registry import Timer
from ngoma.work.stepping import Steps, clock_set_back
from tests.casework import MONDAY
from tests.faults.conftest import unable
from tests.intake import told

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

UNSEALED = """
SELECT count(*) FROM records_event e LEFT JOIN records_entry n ON n.event_id = e.id
WHERE n.event_id IS NULL
"""


@pytest.fixture
def _own_timers() -> Iterator[None]:
    yield
    journey.install()


@pytest.mark.usefixtures("_own_timers")
@pytest.mark.once
@pytest.mark.django_db
def test_no_timer_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "PAUSE", 0.0)
    ran: list[datetime] = []
    timer = Timer("tests: each minute", timedelta(minutes=1), lambda: ran.append(now()))
    registry.install(handlers={}, followers={}, timers=(timer,))
    moments = [MONDAY, MONDAY - HOUR, MONDAY - HOUR + SECOND, MONDAY + HOUR, MONDAY + SECOND]
    for moment in moments:
        with frozen(moment):
            timers.tick()
    assert ran == [moments[0], moments[1], moments[3], moments[4]]


@pytest.mark.once
def test_a_process_apart_rests_no_longer_than_an_hour() -> None:
    apart = Apart("no", "such", "command")
    apart.start([])
    with frozen(MONDAY):
        until(lambda: apart._running and apart._running.poll() is not None, "it does not end")
        assert not apart.is_free()
    with frozen(MONDAY + timedelta(minutes=59)):
        assert not apart.is_free()
    with frozen(MONDAY - HOUR):
        assert apart.is_free()


@pytest.mark.once
def test_a_step_is_seen_and_keeping_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world, offset = time.time, {"seconds": 0.0}
    monkeypatch.setattr(stepping.time, "time", lambda: world() + offset["seconds"])
    steps = Steps()
    for ahead, seen in ((0.5, 0), (3600.5, 0), (0.5, 3600), (0.0, 0), (-7200.0, 7200)):
        offset["seconds"] = ahead
        assert steps.back().total_seconds() == pytest.approx(seen, abs=0.5)


@pytest.mark.django_db
def test_jobs_wait_for_no_hour_that_comes_twice() -> None:
    """Those that are due by the former clock run now, what can be undone can be for as long."""
    offsets = {"due": -1, "later": 30, "tomorrow": 24 * 3600, "between": -1800}
    for name, seconds in offsets.items():
        put(name, {}, run_at=MONDAY + HOUR + seconds * SECOND)
    put("held", {}, run_at=MONDAY)
    Job.objects.filter(kind="held").update(claimed_until=MONDAY + HOUR + timedelta(minutes=4))
    with frozen(MONDAY):
        for _ in range(2):  # by several workers
            clock_set_back(HOUR)
    waiting = {job.kind: job.run_at - MONDAY for job in Job.objects.all()}
    assert waiting == {
        "due": timedelta(), "between": timedelta(), "later": 30 * SECOND, "held": timedelta(),
        "tomorrow": HOUR + 24 * HOUR,
    }  # fmt: skip
    assert Job.objects.get(kind="held").claimed_until == MONDAY + stepping.SOON


def test_promises_codes_and_holds(town: Book) -> None:
    with frozen(MONDAY):
        case = submit(told(town, service="pothole", email="ann@example.org")).case
        ann, okello = (User.objects.create_user(name) for name in ("ann", "okello"))
        assert holds.take(case.pk, ann.pk, at=now(), until=now() + 120 * SECOND) is None
        contact = vault.keep(town.id, Address("email", "bob@example.org", ""), language="en")
        codes.make(contact, Code.Purpose.REPORTS)
    with frozen(MONDAY - HOUR):
        other = holds.take(case.pk, okello.pk, at=now(), until=now() + 120 * SECOND)
        assert other is None, "nobody holds a case for an hour"
        assert codes.make(contact, Code.Purpose.REPORTS), "nobody waits an hour for a code"
        with pytest.raises(codes.TooMany):
            codes.make(contact, Code.Purpose.REPORTS)
    assert case.due is not None
    for moment in (HOUR, -HOUR, HOUR):
        escalate_late(case.due + moment)
    steps = Event.objects.filter(kind="escalated").values_list("data", flat=True)
    assert [step["step"] for step in steps] == [2]


@pytest.mark.django_db(transaction=True)
def test_the_ledger_says_what_was_recorded_late(town: Book) -> None:
    """An event that was dated by a wrong clock is one; the log and its signatures go on."""
    for moment in (MONDAY, MONDAY + HOUR, MONDAY):
        with frozen(moment):
            submit(told(town))
            sealing.seal()
    with frozen(MONDAY + HOUR):
        submit(told(town))
    with frozen(MONDAY):
        sealing.seal()
    found = verify(processes=1)
    assert (found.problems, found.late, found.checkpoints) == ([], 1, 4)


@pytest.mark.postgres  # beside SQLite a worker sleeps, which fails with libfaketime
@pytest.mark.server
def test_a_worker_goes_on_when_its_clock_is_set_back(installation: Hosts, tmp_path: Path) -> None:
    if FAKETIME is None:
        unable("SKIPPED: libfaketime is not installed (Debian: apt install faketime)")
    host, storm, clock = installation.hosts[0], Storm(installation), tmp_path / "clock"

    def set_clock(offset: str) -> None:
        (tmp_path / "next").write_text(offset)
        shutil.move(tmp_path / "next", clock)

    set_clock("+3600s")
    host.kill("worker")
    fake = {
        "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    host.begin("worker", **fake)
    try:
        first, second = _told(storm, 1), _told(storm, 3)
        _sent(installation, first)
        _sent(installation, second)
        set_clock("+0s")
        started = time.monotonic()
        _sent(installation, _told(storm, 5))
        assert time.monotonic() - started < 15
        until(lambda: "the clock was set back" in host.log("worker").read_text(), "no word of it")
        until(lambda: installation.database.rows(UNSEALED) == [(0,)], "a timer stands still")
    finally:
        host.kill("worker")
        host.begin("worker")


def _told(storm: Storm, number: int) -> str:
    key = f"clock-{time.monotonic_ns()}-{number}"
    answer = storm.say(storm.installation.hosts[0], key)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def _sent(installation: Hosts, reference: str) -> None:
    asked = (
        "SELECT n.state FROM records_notice n JOIN records_report r ON r.id = n.report_id "
        f"WHERE r.reference = '{reference}'"
    )
    until(lambda: installation.database.rows(asked) == [("sent",)], f"{reference} is not told")
