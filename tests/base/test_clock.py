"""The clock: what it reads, what it refuses, and that what it writes it can read."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base import clock

KAMPALA = ZoneInfo("Africa/Kampala")
ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T10:20:30Z", (2026, 3, 1, 10, 20, 30)),
        ("2026-03-01 10:20:30z", (2026, 3, 1, 10, 20, 30)),
        ("2026-03-01t10:20Z", (2026, 3, 1, 10, 20)),
        ("20260301T102030Z", (2026, 3, 1, 10, 20, 30)),
        ("2026-03-01T10:20:30+03:00", (2026, 3, 1, 7, 20, 30)),
        ("2026-03-01T10:20:30 +0300", (2026, 3, 1, 7, 20, 30)),
        ("2026-03-01T10:20:30 03:00", (2026, 3, 1, 7, 20, 30)),
        ("2026-03-01T10:20:30-08", (2026, 3, 1, 18, 20, 30)),
        ("2026-03-01T10:20:30.25+00:00", (2026, 3, 1, 10, 20, 30, 250000)),
        ("2026-03-01T10:20:30,1234567Z", (2026, 3, 1, 10, 20, 30, 123456)),
        ("2026-12-31T24:00:00Z", (2027, 1, 1)),
        ("2016-12-31T23:59:60Z", (2017, 1, 1)),
    ],
)
def test_reads_every_way_clients_write(text: str, moment: tuple[int, ...]) -> None:
    assert clock.parse(text) == datetime(*moment).replace(tzinfo=UTC)  # type: ignore[arg-type]


def test_text_without_offset_is_local_time() -> None:
    assert clock.parse("2026-03-01", KAMPALA) == datetime(2026, 2, 28, 21, tzinfo=UTC)
    assert clock.parse("2026-07-01 12:00", ZURICH) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert clock.parse("2026-07-01T12:00Z", ZURICH) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    for text in ("2026-03-01", "2026-03-01T10:20:30", "2026-03-01 10:20"):
        with pytest.raises(ValueError, match="offset"):
            clock.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026",
        "2026-13-01T00:00Z",
        "2026-02-30T00:00Z",
        "2026-03-01T25:00Z",
        "2026-03-01T24:01Z",
        "2026-03-01T10:60Z",
        "2026-03-01T10:20:61Z",
        "2026-03-01T10:20:30+24:00",
        "2026-03-01T10:20:30+01:75",
        "0001-01-01T00:00+14:00",
        "9999-12-31T24:00Z",
        "٢٠٢٦-03-01T10:20Z",
        "2026-03-01T10:20:30Z; drop",
    ],
)
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        clock.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert clock.parse(text, KAMPALA).tzinfo is UTC


@given(
    st.datetimes(min_value=datetime(1930, 1, 1), max_value=datetime(9998, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_what_is_written_is_read_back(local: datetime, minutes: int) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    whole = at.replace(microsecond=0)
    assert clock.parse(at.isoformat()) == at
    assert clock.parse(clock.iso(at)) == whole
    assert clock.parse(clock.iso_local(at, KAMPALA)) == whole


def test_writes_utc_and_local() -> None:
    at = datetime(2026, 7, 1, 10, 0, 5, 999999, tzinfo=UTC)
    assert clock.iso(at) == "2026-07-01T10:00:05Z"
    assert clock.iso_local(at, ZURICH) == "2026-07-01T12:00:05+02:00"
    with pytest.raises(ValueError, match="zone"):
        clock.iso(datetime(2026, 7, 1))


def test_frozen_holds_in_its_block_and_thread_alone() -> None:
    first = datetime(2026, 1, 1, 3, tzinfo=KAMPALA)
    elsewhere: list[datetime] = []
    with clock.frozen(first) as at:
        assert clock.now() == at == datetime(2026, 1, 1, tzinfo=UTC)
        with clock.frozen(at + timedelta(days=1)):
            assert clock.now() == at + timedelta(days=1)
        assert clock.now() == at
        thread = threading.Thread(target=lambda: elsewhere.append(clock.now()))
        thread.start()
        thread.join()
    assert elsewhere[0] != at
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ValueError), clock.frozen(datetime(2026, 1, 1)):
        pass
