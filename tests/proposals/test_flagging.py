"""What the city's rules of special handling find, and what they allow."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ngoma.casework import deciding
from ngoma.casework.errors import BadRequest
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.records.models import Proposal

Hear = Callable[..., Receipt]
NAKATO = "+256700000001"
OKELLO = "+256700000002"


def flags(receipt: Receipt) -> dict[str, dict[str, Any]]:
    """The flags of a report, by their rule or the code of the watch."""
    proposal = Proposal.objects.get(report=receipt.report)
    return {flag.get("code", flag["rule"]): flag for flag in proposal.flags}


def test_the_third_time_is_found(hear: Hear) -> None:
    first, second, third = (
        hear("A deep hole", service="pothole", phone=NAKATO, lat=0.15 + n / 100, lon=32.05)
        for n in range(3)
    )
    assert "repeat" not in flags(first) | flags(second)
    assert flags(third)["repeat"]["times"] == 3
    assert flags(third)["repeat"]["cases"] == [first.case.pk, second.case.pk]


def test_other_people_other_matters_and_old_ones_do_not_count(hear: Hear) -> None:
    spot = {"lat": 0.15, "lon": 32.05, "service": "pothole"}
    hear("A hole", phone=NAKATO, at=datetime(2020, 1, 1, tzinfo=UTC), **spot)
    hear("A hole", phone=NAKATO, **spot)
    hear("A hole", phone=OKELLO, **spot)
    hear("Dark", phone=NAKATO, **spot | {"service": "light"})
    hear("A hole", **spot)
    assert "repeat" not in flags(hear("A hole", phone=NAKATO, **spot))


def test_people_with_one_purpose_are_counted_once_each(hear: Hear) -> None:
    spot = {"service": "pothole", "lat": 0.15, "lon": 32.05}
    hear("A hole", phone=NAKATO, **spot)
    again = hear("A hole, I say again", phone=NAKATO, **spot)
    assert "group" not in flags(again)
    hear("A hole", phone=OKELLO, **spot)
    last = hear("A hole", **spot)
    assert flags(last)["group"]["people"] == 3
    assert last.case.pk in flags(last)["group"]["cases"]
    far = hear("A hole", **spot | {"lat": 0.16})
    assert "group" not in flags(far)


def test_without_a_position_the_place_is_compared(hear: Hear) -> None:
    here = {"service": "pothole", "lat": None, "lon": None, "place": "kasubi"}
    for phone in (NAKATO, OKELLO):
        hear("A hole", phone=phone, **here)
    found = flags(hear("A hole", **here))
    assert found["group"]["people"] == 3


def test_insults_and_what_leads_to_a_person_are_found(hear: Hear) -> None:
    found = flags(hear("You idiots, call me at 0772 123456 about the hole"))
    assert [each.lower() for each in found["insult"]["quotes"]] == ["you idiots"]
    assert found["personal"]["kinds"] == ["phone"]
    assert flags(hear("The road has a hole")) == {}


@pytest.mark.parametrize(
    ("words", "day", "codes"),
    [
        ("A journalist asks about the hole", datetime(2026, 7, 1, 9, tzinfo=UTC), {"press"}),
        ("The candidate promised a road", datetime(2026, 3, 10, 9, tzinfo=UTC), {"election"}),
        ("The candidate promised a road", datetime(2026, 4, 10, 9, tzinfo=UTC), set()),
        # The city's day begins before that of Greenwich.
        ("The candidate promised a road", datetime(2026, 2, 28, 22, tzinfo=UTC), {"election"}),
    ],
)
def test_a_watch_has_its_words_and_its_days(
    hear: Hear, words: str, day: datetime, codes: set[str]
) -> None:
    assert set(flags(hear(words, at=day))) == codes


def test_a_reason_of_a_rule_needs_its_flag(hear: Hear, coordinator: Actor) -> None:
    spot = {"service": "pothole", "lat": 0.15, "lon": 32.05, "phone": NAKATO}
    first = hear("A hole", **spot)
    with pytest.raises(BadRequest, match="needs_rule"):
        deciding.reject(actor=coordinator, case_id=first.case.pk, reason="repeated")
    hear("A hole", **spot)
    third = hear("A hole", **spot)
    deciding.reject(actor=coordinator, case_id=third.case.pk, reason="repeated")
