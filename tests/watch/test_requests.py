"""Each request has a name and a line in the log, and the line opens nothing."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from django.test import Client

from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.work import registry, worker
from ngoma.work.queue import put

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def lines() -> Any:
    """The lines of the log from now on, as they come to be written."""
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as found:
        yield found


def _of(lines: list[Any], event: str) -> list[Any]:
    return [each for each in lines if each["event"] == event]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("3f1c-22.b_Z", True),
        ("short", False),
        ("x" * 65, False),
        ("two words here", False),
        ("line\nbroken-here", False),
        ("+256772123456", False),
        ("", False),
    ],
)
def test_a_name_is_taken_if_it_is_one(town: Book, lines: list[Any], given: str, kept: bool) -> None:
    answers = [Client().get("/small/your-data", headers={"X-Request-ID": given}) for _ in range(2)]
    names = [each["X-Request-ID"] for each in answers]
    assert (names == [given, given]) is kept
    assert kept or len(set(names)) == 2
    assert [each["request_id"] for each in _of(lines, "request")] == names


def test_a_line_says_what_was_done_and_not_where(
    town: Book, tell: Callable[..., Receipt], lines: list[Any]
) -> None:
    report = tell().report
    Client().get(f"/small/r/{report.reference}/{report.secret}?code=123456")
    (line,) = _of(lines, "request")
    assert line["ms"] > 0
    assert {name: line[name] for name in ("method", "view", "status", "log_level")} == {
        "method": "GET",
        "view": "public.own.own",
        "status": 200,
        "log_level": "info",
    }
    for secret in (report.secret, report.reference, "123456", "127.0.0.1"):
        assert secret not in str(line)


def test_what_is_slow_is_a_warning(town: Book, settings: Any, lines: list[Any]) -> None:
    settings.NGOMA_SLOW_MS = 1
    Client().get("/small/")
    (line,) = _of(lines, "slow request")
    assert (line["log_level"], line["view"]) == ("warning", "public.home.home")
    settings.NGOMA_SLOW_MS = 0
    Client().get("/small/")
    assert len(_of(lines, "slow request")) == 1


def test_lines_of_a_job_name_it_and_its_case(lines: list[Any]) -> None:
    def work(**data: Any) -> None:
        structlog.get_logger("test").info("at work")

    registry.install(handlers={"tried": registry.Handler(work)}, followers={})
    try:
        put("tried", {"case": 7, "event": 3})
        put("tried", {"notice": 5})
        assert worker.run_until_idle() == 2
    finally:
        from ngoma import journey

        journey.install()
    first, second = _of(lines, "at work")
    assert (first["job_kind"], first["case"]) == ("tried", 7)
    assert first["job"] != second["job"]
    assert "case" not in second
    structlog.get_logger("test").info("afterwards")
    assert "job" not in _of(lines, "afterwards")[0]


def test_what_django_says_of_a_request_has_its_name(town: Book, caplog: Any) -> None:
    with caplog.at_level(logging.WARNING, logger="django.request"):
        answer = Client().get("/no/such/page/at/all")
    assert caplog.records
    assert structlog.contextvars.get_contextvars()["request_id"] == answer["X-Request-ID"]
