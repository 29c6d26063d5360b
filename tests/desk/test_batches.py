"""One step for many cases: written once, answered individually, undone before it begins."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Batch, Case, Job, Notice
from ngoma.records.queries.stories import story
from ngoma.work.worker import run_until_idle

Told = Callable[..., Case]


@pytest.fixture
def cases(told: Told) -> list[Case]:
    """Three cases: of an English reader, of a Swahili reader, of nobody who can be reached."""
    return [
        told("A hole", email="a@example.org", language="en", contact_language="en"),
        told("Shimo", email="b@example.org", language="sw", contact_language="sw"),
        told("Another hole"),
    ]


def begin(client: Client, cases: list[Case], **form: Any) -> Any:
    chosen = ",".join(each.reference for each in cases)
    return client.post("/desk/small/batch/begin/", {"chosen": chosen} | form)


def test_each_reporter_hears_in_their_language_of_their_own_case(
    coordinator: Client, cases: list[Case], town: Book
) -> None:
    texts = {"text-en": "{reference}: seen at {place}.", "text-sw": "{reference}: {service}."}
    answer = begin(coordinator, cases, step="answer", **texts)
    run_until_idle()
    page = coordinator.get(answer["Location"]).content.decode()
    assert "Done for 3 cases." in page
    told = {n.contact.language: n for n in Notice.objects.filter(kind="answered")}
    spaced = [re.sub(r"(...)(...)(...)", r"\1 \2 \3", each.reference) for each in cases]
    assert f"{spaced[0]}: seen at Kasubi." in told["en"].text
    service = town.service_by_code["pothole"].names["sw"]
    assert f"{spaced[1]}: {service}." in told["sw"].text
    track = Client(SERVER_NAME="localhost").get(f"/small/r/{cases[1].reference}", follow=True)
    assert "seen at Kasubi." in track.content.decode()
    found = story(cases[2].reference)
    assert found
    assert [each.kind for each in found.events].count("answered") == 1


def test_it_is_undone_before_it_begins(
    coordinator: Client, cases: list[Case], settings: Any
) -> None:
    settings.NGOMA_UNDO = 10
    answer = begin(coordinator, cases, step="reject", reason="private")
    page = coordinator.get(answer["Location"]).content.decode()
    assert "until then it can be undone" in page
    coordinator.post(f"{answer['Location']}stop/")
    Job.objects.update(run_at=now())
    run_until_idle()
    assert set(Case.objects.values_list("state", flat=True)) == {"received"}
    assert "Undone: nothing has happened." in coordinator.get(answer["Location"]).content.decode()


def test_what_cannot_be_done_is_left_and_named(
    coordinator: Client, cases: list[Case], act: Callable[..., Any]
) -> None:
    act(coordinator, cases[1], "reject", reason="private")
    answer = begin(coordinator, cases, step="accept", service="pothole")
    run_until_idle()
    page = coordinator.get(answer["Location"]).content.decode()
    assert "Done for 2 cases." in page
    assert "1 case was left as it was" in page
    assert "in the state “Rejected”" in page


def test_it_goes_on_in_portions_and_is_stopped_between_them(
    coordinator: Client, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ngoma.casework.batching.PORTION", 1)
    answer = begin(coordinator, cases, step="answer", **{"text-en": "We come."})
    from ngoma.work.worker import run_once

    run_once(limit=1)
    batch = Batch.objects.get()
    assert (batch.state, batch.tried) == ("running", 1)
    assert "Being done: 1 of 3." in coordinator.get(answer["Location"]).content.decode()
    coordinator.post(f"{answer['Location']}stop/")
    run_until_idle()
    batch.refresh_from_db()
    assert (batch.state, batch.tried) == ("stopped", 1)


def test_rights_are_asked_for_every_case(
    at_work: Callable[..., Client], told: Told, town: Book
) -> None:
    own, other = told("A hole"), told("Dark lamp", service="light")
    code = town.departments[own.department_id or 0].code
    officer = at_work("officer", code)
    assert own.department_id != other.department_id
    page = officer.post(
        "/desk/small/batch/", {"chosen": [own.reference, other.reference]}
    ).content.decode()
    assert "1 case. It gets" in page
    begin(officer, [own, other], step="answer", **{"text-en": "We come."})
    run_until_idle()
    assert Batch.objects.get().cases == [own.pk]
    assert (
        at_work("auditor").post("/desk/small/batch/begin/", {"step": "answer"}).status_code == 403
    )


def test_a_batch_of_somebody_else_is_not_shown(
    coordinator: Client, at_work: Callable[..., Client], cases: list[Case], town: Book
) -> None:
    answer = begin(coordinator, cases, step="answer", **{"text-en": "We come."})
    officer = at_work("officer", town.departments[cases[0].department_id or 0].code)
    for other in (officer, at_work("coordinator")):
        assert other.get(answer["Location"]).status_code == 404
        assert other.post(f"{answer['Location']}stop/").status_code == 404
    assert coordinator.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"step": "answer"}, "Write something first."),
        ({"step": "answer", "text-en": "{name}, hello"}, "In braces may stand only"),
        ({"step": "answer", "text-en": "{reference.__class__}"}, "In braces may stand only"),
        ({"step": "answer", "text-en": "x" * 4001}, "The text is too long"),
        ({"step": "assign"}, "Choose a department"),
        ({"step": "accept", "service": "nonsense"}, "Choose a service"),
        ({"step": "answer", "chosen": "", "text-en": "x"}, "No case is chosen"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    coordinator: Client, cases: list[Case], form: dict[str, str], says: str
) -> None:
    answer = begin(coordinator, cases, **form)
    assert says in answer.content.decode()
    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_all_that_a_filter_leaves_are_taken(coordinator: Client, cases: list[Case]) -> None:
    page = coordinator.get("/desk/small/work/").content.decode()
    assert page.count('name="chosen"') == 3
    page = coordinator.post("/desk/small/batch/", {"all": "1", "state": "received"})
    assert "3 cases. Each gets" in page.content.decode()


def test_a_common_matter_is_answered_from_its_flag(coordinator: Client, told: Told) -> None:
    found = [told(f"The same hole {n}", phone=f"+25670000000{n}") for n in range(3)]
    page = coordinator.get("/desk/small/", {"case": found[2].reference}).content.decode()
    assert "3 people want the same here" in page
    address = re.search(r'href="(/desk/small/batch/\?[^"]+)"', page)
    assert address
    page = coordinator.get(address[1].replace("&amp;", "&")).content.decode()
    assert "3 cases. Each gets" in page


def test_texts_are_filled_in_at_the_moment_of_doing(
    coordinator: Client, cases: list[Case], settings: Any
) -> None:
    begin(coordinator, cases[:1], step="answer", **{"text-en": "Until {due}, {service}."})
    run_until_idle()
    data = cases[0].events.get(kind="answered").data
    assert re.search(r"Until \w+, \d+ \w+ \d{4}, ", data["text"])
    assert cases[0].events.get(kind="answered").at > now() - timedelta(minutes=1)
