"""Updates from other bodies, each taken once, and those told to them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ngoma.base.clock import iso, now
from ngoma.casework import deciding, talking, working
from tests.open311.conftest import KEY, Door

PATH = "servicerequestupdates"


def state(reference: str) -> str:
    from ngoma.records.models import Report

    return str(Report.objects.get(reference=reference).case.state)


def texts(reference: str) -> list[tuple[str, str]]:
    """Kinds and texts of what happened."""
    from ngoma.records.models import Event

    events = Event.objects.filter(case__reports__reference=reference).order_by("seq")
    return [(each.kind, each.data.get("text", "")) for each in events]


def send(door: Door, reference: str, number: str, status: str, text: str = "", **more: Any) -> Any:
    fields = {"service_request_id": reference, "update_id": number, "status": status}
    given = fields | {"description": text, "updated_datetime": iso(now())} | more
    return door.post(PATH, 200, **given)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OPEN", "received"),
        ("INVESTIGATING", "accepted"),
        ("ACTION_SCHEDULED", "accepted"),
        ("IN_PROGRESS", "in_progress"),
        ("in progress", "in_progress"),
        ("FIXED", "resolved"),
        ("closed", "resolved"),
        ("FOR_TRIAGE", "received"),
        ("INTERNAL_REFERRAL", "received"),
        ("DUPLICATE", "received"),
        ("SOMETHING_ELSE", "received"),
    ],
)
def test_a_status_is_a_verb(door: Door, status: str, expected: str) -> None:
    reference = door.report()
    (told,) = send(door, reference, "u1", status, "We know of it.")
    assert told["service_request_id"] == reference
    assert state(reference) == expected
    assert [text for _, text in texts(reference) if text] == ["We know of it."]
    assert door.get(f"requests/{reference}")[0]["status_notes"] == "We know of it."


@pytest.mark.parametrize(
    ("status", "why", "expected"),
    [
        ("NO_FURTHER_ACTION", "private", "rejected"),
        ("CANCELLED", "private", "rejected"),
        ("NOT_COUNCILS_RESPONSIBILITY", "power", "referred"),
        ("NO_FURTHER_ACTION", "unheard-of", "received"),
    ],
)
def test_a_refusal_needs_a_reason_of_the_city(
    door: Door, status: str, why: str, expected: str
) -> None:
    reference = door.report()
    send(door, reference, "u1", status, "Not ours.", external_status_code=why)
    assert state(reference) == expected
    assert texts(reference)[-1][1] == "Not ours."


def test_what_was_ended_opens_again(door: Door) -> None:
    reference = door.report()
    send(door, reference, "u1", "FIXED")
    assert texts(reference)[-1] == ("resolved", "The problem has been solved.")
    send(door, reference, "u2", "REOPEN", "Not quite.")
    assert state(reference) == "accepted"
    send(door, reference, "u3", "FIXED", "Now it is.")
    send(door, reference, "u4", "IN_PROGRESS", "Or not.")
    assert state(reference) == "in_progress"


def test_the_same_update_twice(door: Door) -> None:
    reference, other = door.report("One"), door.report("Two")
    first = send(door, reference, "u1", "IN_PROGRESS", "We begin.")
    assert send(door, reference, "u1", "FIXED", "Something else") == first
    assert send(door, other, "u1", "FIXED", "Something else") == first
    assert state(reference) == "in_progress"
    assert state(other) == "received"


def test_an_older_update_keeps_its_words_alone(door: Door, verbs: Callable[..., Any]) -> None:
    reference = door.report()
    verbs(deciding.accept, reference)
    earlier = iso(now() - timedelta(hours=1))
    send(door, reference, "u1", "FIXED", "Done yesterday.", updated_datetime=earlier)
    assert state(reference) == "accepted"
    assert texts(reference)[-1] == ("answered", "Done yesterday.")
    send(door, reference, "u2", "IN_PROGRESS", updated_datetime=iso(now() + timedelta(minutes=2)))
    assert state(reference) == "in_progress"
    send(door, reference, "u3", "FIXED", "Late news.")
    assert state(reference) == "in_progress"


@pytest.mark.parametrize(
    ("fields", "status", "count"),
    [
        ({}, 400, 4),
        ({"service_request_id": "TRYMWVJD7"}, 404, 4),
        ({"service_request_id": "?"}, 404, 4),
        ({"updated_datetime": "soon"}, 400, 4),
        ({"updated_datetime": "2999-01-01T00:00:00Z"}, 400, 4),
        ({"update_id": "u" * 129}, 400, 4),
        ({"description": "x" * 4001}, 400, 5),
        ({"description": "Done on [___ date]"}, 400, 5),
    ],
)
def test_every_reason_at_once(door: Door, fields: dict[str, str], status: int, count: int) -> None:
    errors = door.post(PATH, status, **fields)
    assert len(errors) == count
    assert door.xml(PATH, 403).tag == "errors"


def test_only_a_key_for_updates_may_send_them(door: Door, city: Any) -> None:
    from ngoma.people import apikeys

    apikeys.create(city.pk, name="an app", key="app")
    reference = door.report()
    (error,) = door.post(PATH, 403, api_key="app", service_request_id=reference)
    assert "updates" in error["description"]
    door.get(PATH, 403)
    door.get(PATH, 403, api_key="wrong")
    assert door.get(PATH, api_key="app") == []


def test_what_happened_is_told_in_order(door: Door, verbs: Callable[..., Any]) -> None:
    reference = door.report()
    start = now()
    verbs(deciding.accept, reference)
    verbs(talking.note, reference, text="secret among colleagues")
    verbs(talking.answer, reference, text="Tomorrow.")
    verbs(working.resolve, reference, text="Filled.")
    told = door.get(PATH, api_key=KEY)
    assert [(each["status"], each["description"]) for each in told] == [
        ("INVESTIGATING", None),
        ("INVESTIGATING", "Tomorrow."),
        ("FIXED", "Filled."),
    ]
    assert len({each["update_id"] for each in told}) == 3
    assert all(datetime.fromisoformat(each["updated_datetime"]).tzinfo for each in told)
    window = {"api_key": KEY, "start_date": iso(start - timedelta(days=2))}
    assert door.get(PATH, **window, end_date=iso(start - timedelta(days=1))) == []
    assert len(door.get(PATH, **window, end_date=iso(now() + timedelta(minutes=1)))) == 3
    door.get(PATH, 400, **window, end_date=iso(start + timedelta(days=100)))
    door.get(PATH, 400, **window, after="1-2")


def test_an_own_update_is_known_again(door: Door) -> None:
    reference = door.report()
    (given,) = send(door, reference, "u1", "IN_PROGRESS", "We begin.")
    told = door.get(PATH, api_key=KEY)
    assert given["update_id"] in [each["update_id"] for each in told]


def test_long_stories_come_in_parts(
    door: Door, verbs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ngoma.open311 import updates

    monkeypatch.setattr(updates, "MOST", 2)
    reference = door.report()
    for number in range(5):
        verbs(talking.answer, reference, text=f"Part {number}")
    answer = door.client.get(f"/open311/v2/{PATH}.json", {"api_key": KEY})
    found = answer.json()
    while "Link" in answer:
        assert KEY not in answer["Link"]
        address = answer["Link"].partition("<")[2].partition(">")[0]
        answer = door.client.get(f"{address}&api_key={KEY}")
        found += answer.json()
    assert [each["description"] for each in found] == [f"Part {number}" for number in range(5)]
