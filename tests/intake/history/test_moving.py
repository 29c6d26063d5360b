"""Recorded requests moved up to yesterday for a demonstration."""

import json
from datetime import UTC, datetime
from pathlib import Path

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.moving import to_yesterday
from tests.intake.history import cases, kept

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def test_the_newest_is_yesterday_and_all_else_keeps_its_distance(
    town: Book, tmp_path: Path
) -> None:
    rows = [
        {"service_request_id": "old", "requested_datetime": "2012-01-31T23:30:00+03:00",
         "updated_datetime": "2012-02-02T08:00:00+03:00", "status": "closed",
         "expected_datetime": "2012-02-10T08:00:00+03:00"},
        {"service_request_id": "new", "requested_datetime": "2012-03-01T22:00:00+03:00",
         "updated_datetime": "2012-03-05T08:00:00+03:00", "status": "closed"},
    ]  # fmt: skip
    path = tmp_path / "requests.json"
    path.write_text(json.dumps(rows))
    with frozen(NOW):
        move = to_yesterday(path, town, Mapping())
        importing.run(path, town, Mapping(), change=move, demo=True)
    old, new = cases(town)["old"], cases(town)["new"]
    assert new.opened_at == datetime(2026, 6, 2, 19, 0, tzinfo=UTC)
    assert (new.state, new.closed_at) == ("accepted", None)  # it would end in the future
    assert old.opened_at == datetime(2026, 5, 3, 20, 30, tzinfo=UTC)
    assert old.closed_at == datetime(2026, 5, 5, 5, 0, tzinfo=UTC)
    assert old.due == datetime(2026, 5, 13, 5, 0, tzinfo=UTC)
    assert old.reports.get().demo
    assert list(kept(town)) == rows
