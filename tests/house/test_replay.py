"""A replay: what was before is history, the rest happens again at its moment, by the same doors."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ngoma.base import clock
from ngoma.base.clock import Pace, now
from ngoma.cities.book import Book
from ngoma.intake.history.mapping import Mapping
from ngoma.records.models import Case, Channel, Membership, Report, User
from ngoma.settings import replay

pytestmark = [pytest.mark.django_db, pytest.mark.once]
START = datetime(2026, 5, 4, tzinfo=UTC)
ROWS = """service_request_id,requested_datetime,status,closed_date,service_code,lat,long,address
old,2026-05-01T08:00:00Z,closed,2026-05-02T08:00:00Z,pothole,0.15,32.05,
open,2026-05-01T09:00:00Z,closed,2026-05-04T12:00:00Z,pothole,0.15,32.05,
new,2026-05-04T08:00:00Z,closed,2026-05-04T18:00:00Z,light,0.15,32.05,
stays,2026-05-04T09:00:00Z,open,,pothole,0.15,32.05,
"""


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.NGOMA_DATA = tmp_path
    path = tmp_path / "requests.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def quick() -> Iterator[None]:
    """Two days pass in a second."""
    replay.set_clock(START, 200_000)
    yield
    clock.run(None)
    del os.environ["NGOMA_CLOCK"]


def test_what_was_before_is_history_and_the_rest_happens_again(
    town: Book, file: Path, quick: None
) -> None:
    user = User.objects.create_user("small-coordinator")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    mapping = Mapping(origin="old system")
    moments = replay.past(file, town, mapping, START, lambda done, size, rows: None)
    known = {report.key: report for report in Report.objects.select_related("case")}
    assert {key: report.case.state for key, report in known.items()} == {
        "old": "closed", "open": "accepted",
    }  # fmt: skip
    assert [(each.history.key, each.ended) for each in moments] == [
        ("new", False), ("stays", False), ("open", True), ("new", True),
    ]  # fmt: skip
    done: list[int] = []
    replay.play(town, mapping, moments, done.append)
    assert done == [1, 2, 3, 4]
    states = {each.key: each.case.state for each in Report.objects.select_related("case")}
    assert states == {"old": "closed", "open": "resolved", "new": "resolved", "stays": "received"}
    new = Report.objects.get(key="new")
    assert (new.channel, new.demo) == (Channel.OPEN311, True)
    assert new.received_at == START + timedelta(hours=8)
    assert Case.objects.get(pk=new.case_id).resolved_at == START + timedelta(hours=18)


def test_an_end_of_what_was_refused_stops_nothing(town: Book, file: Path, quick: None) -> None:
    user = User.objects.create_user("small-coordinator")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    mapping = Mapping(origin="old system")
    moments = replay.past(file, town, mapping, START, lambda done, size, rows: None)
    ends = [each for each in moments if each.history.key == "new" and each.ended]
    done: list[int] = []
    replay.play(town, mapping, ends, done.append)
    assert done == [1]
    assert not Report.objects.filter(key="new").exists()


def test_time_passes_at_the_pace_and_is_written_for_other_processes() -> None:
    pace = Pace(START, datetime(2026, 1, 1, tzinfo=UTC), 1000.0)
    assert pace.at(datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)) == START + timedelta(seconds=1000)
    assert Pace.read(pace.text) == pace
    with pytest.raises(ValueError, match="unpack"):
        Pace.read("yesterday")
    clock.run(pace)
    try:
        assert now() > START
    finally:
        clock.run(None)
