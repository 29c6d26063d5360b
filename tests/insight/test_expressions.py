"""The measures are those of textbooks and of a recount by hand, whatever the facts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from math import exp, inf, log, sqrt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.insight import expressions
from tests.insight.made_facts import CLOCK, FACTS, NOW, fetched, table

pytestmark = pytest.mark.once
Row = dict[str, Any]
KEYS = st.sampled_from([(), ("service",), ("month",), ("service", "channel")])
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def grouped(facts: Iterable[Row], by: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in facts:
        found[tuple(row[key] for key in by)].append(row)
    return found


def by_key(rows: Iterable[Row], by: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[key] for key in by): row for row in rows}


def overdue(row: Row, due: str) -> bool:
    waits = row["ending"] == "open" and not row["waiting"]
    return waits and row[due] is not None and row[due] < NOW


COUNTS: dict[str, Callable[[Row], int]] = {
    "cases": lambda row: 1,
    "reports": lambda row: row["reports"],
    "answered": lambda row: row["answered"] is not None,
    "answer_kept": lambda row: row["answer_due"] is not None and row["answer_late"] is False,
    "answer_promised": lambda row: (
        row["answer_due"] is not None
        and (row["answered"] is not None or overdue(row, "answer_due"))
    ),
    "solved": lambda row: row["ending"] == "solved",
    "kept": lambda row: row["due"] is not None and row["solved_late"] is False,
    "promised": lambda row: (
        row["due"] is not None and (row["ending"] == "solved" or overdue(row, "due"))
    ),
    "reopened": lambda row: row["reopened"],
    "finished": lambda row: row["ending"] != "open" or row["reopened"],
    "transfers": lambda row: row["transfers"],
    "passed_on": lambda row: row["transfers"] > 2,
    "rated": lambda row: row["rating"] is not None,
    "stars": lambda row: row["rating"] or 0,
}


@few
@given(facts=FACTS, by=KEYS)
def test_counts_are_those_of_a_recount(facts: list[Row], by: tuple[str, ...]) -> None:
    found = by_key(fetched(expressions.measures(table(facts), by, NOW)), by)
    expected = grouped(facts, by) or ({(): []} if not by else {})
    assert found.keys() == expected.keys()
    for key, rows in expected.items():
        counted = {name: sum(map(count, rows)) for name, count in COUNTS.items()}
        assert {name: found[key][name] for name in COUNTS} == counted


@few
@given(facts=FACTS)
def test_intervals_are_those_at_which_the_share_is_just_not_refused(facts: list[Row]) -> None:
    """Wilson's limits solve (p - share)² = z² p (1 - p) / n."""
    for row in fetched(expressions.measures(table(facts), ("service",), NOW)):
        for part, whole in expressions.SHARES.items():
            low, high = row[f"{part}_low"], row[f"{part}_high"]
            if not row[whole]:
                assert low is high is None
                continue
            share = row[part] / row[whole]
            assert 0 <= low <= share + 1e-12
            assert share - 1e-12 <= high <= 1
            for limit in (low, high):
                if 1e-9 < limit < 1 - 1e-9:
                    away = (limit - share) ** 2
                    expected = expressions.Z**2 * limit * (1 - limit) / row[whole]
                    assert away == pytest.approx(expected, abs=1e-9)


def test_an_interval_of_the_literature() -> None:
    """Newcombe 1998, tables I and II: 81 of 263, 15 of 148; and 56 of 70 beside 48 of 80."""
    counted = table([]).aggregate(n=lambda each: each.count())
    for part, whole, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        row = fetched(
            expressions.with_intervals(counted.select(a=part, b=whole), {"a": "b"})
        )[0]  # fmt: skip
        assert (row["a_low"], row["a_high"]) == pytest.approx((low, high), abs=5e-5)
    months = [counted.select(month=24000, a=48, b=80), counted.select(month=24001, a=56, b=70)]
    both = months[0].union(months[1])
    shares = {"a": "b"}
    told = expressions.changes(expressions.with_intervals(both, shares), (), shares)
    first, second = sorted(fetched(told), key=lambda row: row["month"])
    assert first["a_change"] is None
    assert second["a_change"] == pytest.approx(0.2)
    limits = (second["a_change_low"], second["a_change_high"])
    assert limits == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_month_is_not_compared_with_one_before_a_gap() -> None:
    counted = table([]).aggregate(n=lambda each: each.count())
    both = counted.select(month=10, a=1, b=2).union(counted.select(month=12, a=2, b=2))
    told = expressions.changes(expressions.with_intervals(both, {"a": "b"}), (), {"a": "b"})
    assert [row["a_change"] for row in fetched(told)] == [None, None]


def timed(row: Row, what: str) -> tuple[int, bool] | None:
    """How long a case was watched, and whether it happened then."""
    if row[what] is not None:
        return max(row[what], 0), True
    ends = [row["solved"]] if what == "answered" else []
    ends += [row["ended"], CLOCK - row["worked"] if row["ending"] == "open" else None]
    end = next((each for each in ends if each is not None), None)
    return None if end is None else (max(end, 0), False)


def textbook(watched: list[tuple[int, bool]]) -> list[tuple[int, int, int, float, float]]:
    """Kaplan and Meier's product with Greenwood's sum, time by time."""
    remaining, total, found = 1.0, 0.0, []
    for time in sorted({minutes for minutes, _ in watched}):
        at_risk = sum(minutes >= time for minutes, _ in watched)
        happened = sum(minutes == time and did for minutes, did in watched)
        remaining *= 1 - happened / at_risk
        rest = at_risk - happened
        total += happened / (at_risk * rest) if rest else inf if happened else 0.0
        found.append((time, at_risk, happened, remaining, remaining**2 * total))
    return found


@few
@given(facts=FACTS, what=st.sampled_from(["answered", "solved"]), by=KEYS)
def test_curves_are_those_of_the_textbook(facts: list[Row], what: str, by: tuple[str, ...]) -> None:
    steps = expressions.curve(_timed(facts, what), by)
    found = grouped(fetched(steps), by)
    for key, rows in grouped(facts, by).items():
        watched = [each for row in rows if (each := timed(row, what)) is not None]
        got = sorted(found.pop(key, []), key=lambda row: row["minutes"])
        expected = textbook(watched)
        assert len(got) == len(expected)
        for row, (minutes, at_risk, happened, remaining, variance) in zip(
            got, expected, strict=True
        ):
            assert (row["minutes"], row["at_risk"], row["happened"]) == (
                minutes, at_risk, happened,
            )  # fmt: skip
            assert row["remaining"] == pytest.approx(remaining, abs=1e-12)
            if remaining > 1e-12:
                assert row["variance"] == pytest.approx(variance, abs=1e-12)
            else:
                assert row["variance"] is None
    assert not found


def _timed(facts: list[Row], what: str) -> Any:
    if what == "answered":
        return expressions.answering(table(facts), CLOCK)
    return expressions.solving(table(facts), CLOCK)


MARKS = (0, 45, 150, 10_000)


@few
@given(facts=FACTS)
def test_times_are_read_off_the_curve(facts: list[Row]) -> None:
    steps = expressions.curve(_timed(facts, "solved"), ("service",))
    curves = grouped(fetched(steps), ("service",))
    shares = {
        (row["service"], row["mark"]): row
        for row in fetched(expressions.done_by(steps, ("service",), MARKS))
    }
    for row in fetched(expressions.times(steps, ("service",))):
        curve = sorted(curves[(row["service"],)], key=lambda step: step["minutes"])
        assert row["watched"] == curve[0]["at_risk"]
        assert row["done"] == sum(step["happened"] for step in curve)
        for name, rest in expressions.QUARTILES.items():
            reached = [step["minutes"] for step in curve if step["remaining"] <= rest]
            assert row[name] == (reached[0] if reached else None)
        for mark in MARKS:
            before = [step for step in curve if step["minutes"] <= mark]
            told = shares[row["service"], mark]
            share, low, high = told["done"], told["low"], told["high"]
            if curve[-1]["minutes"] < mark and curve[-1]["remaining"] > 0:
                assert share is low is high is None
                continue
            remaining = before[-1]["remaining"] if before else 1.0
            assert share == pytest.approx(1 - remaining)
            if not 0 < remaining < 1:
                assert low is high is None
                continue
            spread = expressions.Z * sqrt(before[-1]["variance"]) / (remaining * log(remaining))
            limits = sorted(1 - remaining ** exp(sign * spread) for sign in (-1, 1))
            assert (low, high) == pytest.approx(limits)
            assert 0 <= low <= share <= high <= 1


def spot(row: Row) -> tuple[str, Any] | None:
    where = row["cell"] if row["cell"] is not None else row["place"] or None
    return (row["service"], where) if row["service"] and where is not None else None


@few
@given(facts=FACTS, by=KEYS)
def test_repairs_that_did_not_hold_are_those_found_by_looking_at_all_pairs(
    facts: list[Row], by: tuple[str, ...]
) -> None:
    held = timedelta(days=90)
    expected: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
    for row in facts:
        at = row["solved_at"]
        if at is None or spot(row) is None or at + held > NOW:
            continue
        expected[tuple(row[key] for key in by)].append(
            any(
                spot(other) == spot(row) and at < other["opened_at"] <= at + held for other in facts
            )
        )
    found = by_key(fetched(expressions.again(expressions.repairs(table(facts), NOW), by)), by)
    if not by and not expected:
        assert found[()]["repaired"] == 0
        return
    assert {key: (row["repaired"], row["again"]) for key, row in found.items()} == {
        key: (len(failed), sum(failed)) for key, failed in expected.items()
    }
