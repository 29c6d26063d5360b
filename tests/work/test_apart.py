"""Commands that the clock starts: one process at a time, and a rest after one that failed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from time import monotonic, sleep
from typing import NamedTuple

import pytest
from structlog import get_logger
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ngoma.base.clock import frozen
from ngoma.work import apart
from ngoma.work.apart import REST, Apart, for_each
from tests.casework import MONDAY

pytestmark = pytest.mark.once


class Town(NamedTuple):
    """A city, as far as anything is asked of it here."""

    slug: str


def wait_for(happened: Callable[[], object]) -> None:
    until = monotonic() + 30
    while not happened():
        assert monotonic() < until, "it never happened"
        sleep(0.05)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EventDict]]:
    """What is logged. A logger that was used before keeps how it logged, so it gets a new one."""
    monkeypatch.setattr(apart, "log", get_logger())
    with capture_logs() as logs:
        yield logs


def test_one_process_runs_at_a_time() -> None:
    command = Apart("--help")
    assert command.is_free()
    with frozen(MONDAY):
        command.start([])
        assert not command.is_free()
        wait_for(command.is_free)


def test_one_that_failed_is_told_of_once_and_rests_for_an_hour(logs: list[EventDict]) -> None:
    command = Apart("unknown")
    with frozen(MONDAY):
        command.start(["small"])
        wait_for(lambda: command.is_free() or logs)
        assert not command.is_free()
    assert logs == [
        {"event": "command failed", "log_level": "warning", "command": "unknown", "status": 2}
    ]
    with frozen(MONDAY + REST - timedelta(seconds=1)):
        assert not command.is_free()
    with frozen(MONDAY + REST):
        assert command.is_free()


def test_a_city_that_fails_holds_no_other_up(logs: list[EventDict]) -> None:
    towns, done = [Town("one"), Town("two"), Town("three")], []

    def step(town: Town) -> None:
        if town.slug == "two":
            raise RuntimeError("no data")
        done.append(town.slug)

    assert for_each(towns, step) == [Town("two")]
    assert done == ["one", "three"]
    assert [(each["event"], each["city"]) for each in logs] == [("city failed", "two")]
