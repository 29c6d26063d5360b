"""Made-up facts, as hypothesis draws them: few keys and few times, so that ties are common."""

from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import strategies as st

from ngoma.insight.facts import SCHEMA

NOW = datetime(2026, 7, 1)
CLOCK = 400
DAY = timedelta(days=1)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A case that may have been."""
    opened_at = NOW - DAY * draw(st.integers(0, 250))
    ending = draw(st.sampled_from(["open", "solved", "ended", "unknown"]))
    minutes = st.integers(0, 30).map(lambda number: number * 10)
    solved = draw(minutes) if ending == "solved" else None
    answered = draw(st.none() | minutes)
    dated = st.none() | st.integers(-20, 20).map(lambda days: NOW + DAY * days)
    answer_due, due = draw(dated), draw(dated)
    return {
        "opened_at": opened_at,
        "month": opened_at.year * 12 + opened_at.month - 1,
        "day": opened_at.date(),
        "hour": 0,
        "service": draw(st.sampled_from(["", "light", "hole"])),
        "district": draw(st.sampled_from(["", "north"])),
        "place": draw(st.sampled_from(["", "square"])),
        "department": draw(st.sampled_from(["roads", "desk"])),
        "channel": draw(st.sampled_from(["web", "sms"])),
        "language": "en",
        "reports": draw(st.integers(1, 4)),
        "public": True,
        "worked": draw(st.integers(100, 390)),
        "answered": answered,
        "answer_due": answer_due,
        "answer_late": _late(draw, answered, answer_due),
        "solved": solved,
        "solved_at": opened_at + DAY * draw(st.integers(0, 120)) if ending == "solved" else None,
        "due": due,
        "solved_late": _late(draw, solved, due),
        "ended": draw(minutes) if ending == "ended" else None,
        "ending": ending,
        "waiting": ending == "open" and draw(st.booleans()),
        "reopened": draw(st.booleans()),
        "transfers": draw(st.integers(0, 4)),
        "rating": draw(st.none() | st.integers(1, 5)),
        "cell": draw(st.none() | st.integers(7, 8)),
    }


def _late(draw: st.DrawFn, done: int | None, due: datetime | None) -> bool | None:
    return None if done is None else due is not None and draw(st.booleans())


FACTS = st.lists(rows(), max_size=40).map(
    lambda found: [{"case": number, **row} for number, row in enumerate(found)]
)


def arrow(facts: list[dict[str, Any]]) -> pa.Table:
    """Facts as a table of Arrow."""
    return pa.Table.from_pylist(facts, schema=SCHEMA)


def table(facts: list[dict[str, Any]]) -> ibis.Table:
    """Facts as a table of Ibis."""
    return ibis.memtable(arrow(facts))


def fetched(expression: ibis.Table) -> list[dict[str, Any]]:
    """The rows of an expression, by DuckDB."""
    found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return found
