"""Floods: what is counted, for how long, and how turns are given."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.floods import LONGEST_WAIT, SHORTEST_WAIT, WINDOW, Flood

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@given(st.lists(st.floats(0, 5 * WINDOW), max_size=60), st.floats(0, WINDOW))
def test_nothing_is_forgotten_in_a_window_nor_kept_for_two(
    times: list[float], after: float
) -> None:
    flood = Flood(1)
    for time in sorted(times):
        flood.add("a", later(time))
    now = max(times, default=0) + after
    # Windows begin at fixed moments: what came in the present one counts whole.
    present = sum(time // WINDOW == now // WINDOW for time in times)
    within_two = sum(now - time < 2 * WINDOW for time in times)
    assert present <= flood.count("a", later(now)) <= within_two
    assert flood.count("a", later(now + 2 * WINDOW)) == 0


def test_senders_do_not_count_for_each_other() -> None:
    flood = Flood(1)
    for _ in range(9):
        flood.add("a", NOON)
    assert (flood.count("a", NOON), flood.count("b", NOON)) == (9, 0)


def test_a_count_sinks_slowly() -> None:
    flood = Flood(1)
    for _ in range(100):
        flood.add("a", NOON)
    assert flood.count("a", later(WINDOW)) == 100
    assert 40 < flood.count("a", later(1.5 * WINDOW)) < 60


@given(st.integers(1, 700), st.floats(0.05, 5))
def test_turns_come_one_after_another_and_soon(count: int, gap: float) -> None:
    flood = Flood(gap)
    waits = [(flood.turn("a", NOON) - NOON).total_seconds() for _ in range(count)]
    assert waits == sorted(waits)
    assert waits[0] == SHORTEST_WAIT
    assert waits[-1] <= min(SHORTEST_WAIT + gap * count, LONGEST_WAIT)
    assert (flood.turn("b", NOON) - NOON).total_seconds() == SHORTEST_WAIT
