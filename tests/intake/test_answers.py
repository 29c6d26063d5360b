"""Answers to a service's questions: each datatype keeps what it means and refuses the rest."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import iso, parse
from ngoma.cities.book import ServiceEntry
from ngoma.intake.answers import LONGEST, check

KAMPALA = ZoneInfo("Africa/Kampala")
KINDS = ("string", "text", "number", "datetime", "singlevaluelist", "multivaluelist")
LIST = [{"key": "a", "name": {"en": "A"}}, {"key": 7, "name": {"en": "Seven"}}]


def service(*questions: dict[str, Any]) -> ServiceEntry:
    empty = ServiceEntry(
        id=1, code="x", group="g", names={}, hints={}, keywords={}, kind="realtime",
        first_answer="1d", resolution="1d", danger="", public=True, questions=(), retired=False,
    )  # fmt: skip
    return replace(empty, questions=questions)


def question(kind: str, **more: Any) -> dict[str, Any]:
    return {"code": "q", "datatype": kind, "text": {"en": "?"}, "values": LIST, **more}


def kept(kind: str, *values: str) -> Any:
    """The answer that is kept; None where it is refused."""
    found, problems = check(service(question(kind)), {"q": values}, KAMPALA)
    assert bool(problems) != ("q" in found)
    assert all((p.field, p.code) == ("attribute[q]", "bad_answer") for p in problems)
    return found.get("q")


@pytest.mark.parametrize(
    ("kind", "values", "answer"),
    [
        ("string", ["  at\x00 the\u202e gate "], "at the gate"),
        ("string", ["x" * 256], None),
        ("text", ["one\r\ntwo"], "one\ntwo"),
        ("text", ["x" * 4001], None),
        ("number", ["12"], 12),
        ("number", ["-3"], -3),
        ("number", ["2,5"], 2.5),
        ("number", ["1e3"], 1000.0),
        ("number", ["٣"], 3),
        ("number", ["1,000,000"], None),
        ("number", ["nan"], None),
        ("number", ["inf"], None),
        ("number", ["1e999"], None),
        ("number", ["1_000"], None),
        ("number", ["0x1F"], None),
        ("number", ["9" * 5000], None),
        ("number", ["9" * 20], 1e20),
        ("number", ["twelve"], None),
        ("datetime", ["2026-06-01 09:00"], "2026-06-01T06:00:00Z"),
        ("datetime", ["2026-06-01T09:00:00+09:00"], "2026-06-01T00:00:00Z"),
        ("datetime", ["0001-01-01"], None),
        ("datetime", ["tomorrow"], None),
        ("datetime", ["2026-02-30"], None),
        ("singlevaluelist", ["a"], "a"),
        ("singlevaluelist", ["7"], "7"),
        ("singlevaluelist", ["A"], None),
        ("singlevaluelist", ["a", "7"], None),
        ("multivaluelist", ["7", "a", "7"], ["7", "a"]),
        ("multivaluelist", ["a", "b"], None),
        ("number", ["1", "2"], None),
    ],
)
def test_an_answer_is_kept_as_what_it_means(kind: str, values: list[str], answer: Any) -> None:
    assert kept(kind, *values) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_missed_only_where_one_is_required(kind: str) -> None:
    for nothing in ({}, {"q": ""}, {"q": []}, {"q": ["", " \x00 "]}):
        assert check(service(question(kind)), nothing, KAMPALA) == ({}, [])
        found, (problem,) = check(service(question(kind, required=True)), nothing, KAMPALA)
        assert (found, problem.code) == ({}, "missing_answer")


def test_a_notice_asks_nothing_and_what_was_not_asked_is_left_out() -> None:
    notice = question("text", variable=False, required=True)
    assert check(service(notice), {"q": "hello", "other": "x"}, KAMPALA) == ({}, [])


@given(kind=st.sampled_from(KINDS), values=st.lists(st.text(max_size=60), max_size=3))
def test_whatever_is_answered_is_kept_or_refused_and_can_be_written_as_json(
    kind: str, values: list[str]
) -> None:
    answer = kept(kind, *values) if any(values) and _says(values) else None
    written = json.dumps(answer, allow_nan=False)
    assert json.loads(written) == answer
    assert msgspec.json.decode(msgspec.json.encode(answer)) == answer
    if isinstance(answer, str):
        assert len(answer) <= LONGEST["text"]
        answer.encode()


def _says(values: list[str]) -> bool:
    found, problems = check(service(question("multivaluelist")), {"q": values}, KAMPALA)
    return bool(found or problems)


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back(number: float) -> None:
    assert kept("number", repr(number)) == number


@given(number=st.integers(-(10**30), 10**30))
@example(number=2**53 + 1)
def test_whole_numbers_stay_whole_where_json_keeps_them(number: int) -> None:
    answer = kept("number", str(number))
    assert answer == (number if abs(number) <= 2**53 else float(number))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(at=st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_every_time_is_kept_to_the_second_in_utc(at: datetime) -> None:
    assert parse(kept("datetime", iso(at))) == at.replace(microsecond=0)
