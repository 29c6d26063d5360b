"""What each role does to a case. Who opens which address at all: `tests/house/test_doors.py`."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from ngoma.base.clock import now
from ngoma.casework import workflow
from ngoma.cities.book import Book
from ngoma.desk.actions import ACTIONS, BESIDE
from ngoma.people.permissions import VERBS
from ngoma.records.models import (
    Case,
    Contact,
    Event,
    PersonalRead,
    Photo,
    Role,
    State,
    User,
)
from tests.intake.pictures import encoded, scene

Act = Callable[..., Any]


@pytest.mark.once
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("own", [True, False])
def test_a_role_does_what_its_verbs_say_and_in_its_department_alone(
    at_work: Callable[..., Client],
    told: Callable[..., Case],
    act: Callable[..., Any],
    role: str,
    own: bool,
) -> None:
    case = told()
    events = Event.objects.filter(case=case).count()
    client = at_work(role, case.department.code if own else "front")
    for name, action in (ACTIONS | BESIDE).items():
        with transaction.atomic():
            answer = act(client, case, name, text="words", words="words")
            written = Event.objects.filter(case=case).count() - events
            transaction.set_rollback(True)
        allowed = own and role in VERBS[action.verb]
        assert (answer.status_code == 403) is not allowed, name
        if not allowed:
            assert not written
            assert "You may not do this" in answer.content.decode()
        elif not workflow.possible(action.verb, State.RECEIVED):
            assert answer.status_code == 409, name


def test_another_departments_case_is_not_shown(
    at_work: Callable[..., Client], told: Callable[..., Case]
) -> None:
    case = told("Secret words")
    client = at_work("officer", "front")
    assert client.get(f"/desk/small/cases/{case.reference}/").status_code == 403
    for page in ("", "work/", f"work/?department={case.department.code}", "work/?q=secret",
                 f"?case={case.reference}"):  # fmt: skip
        assert "Secret words" not in client.get(f"/desk/small/{page}").content.decode(), page


def test_a_contact_is_shown_only_for_a_purpose_that_is_written_down(
    at_work: Callable[..., Client], told: Callable[..., Case], town: Book
) -> None:
    case = told(email="aisha@resident.example")
    page = f"/desk/small/cases/{case.reference}/"
    contact = f"{page}contact/{case.reports.first().pk}/"
    client = at_work("triager")
    for seen in (page, f"/desk/small/?case={case.reference}"):
        assert "aisha@" not in client.get(seen).content.decode()
    assert client.post(contact).status_code == 404
    assert not PersonalRead.objects.exists()
    assert (
        "aisha@resident.example" in client.post(contact, {"purpose": "call-back"}).content.decode()
    )
    assert PersonalRead.objects.get().purpose == "call-back"
    refused = at_work("auditor").post(contact, {"purpose": "call-back"})
    assert refused.status_code == 403
    assert "aisha@" not in refused.content.decode()


def test_staff_see_whether_a_contact_was_confirmed_not_what_it_is(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    case = told(email="aisha@resident.example")
    page = f"/desk/small/cases/{case.reference}/"
    assert "Confirmed: our messages" not in coordinator.get(page).content.decode()
    Contact.objects.update(verified_at=now())
    seen = coordinator.get(page).content.decode()
    assert "Confirmed: our messages" in seen
    assert "aisha@" not in seen


def test_a_form_without_its_token_is_refused(
    told: Callable[..., Case], coordinator: Client
) -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.cookies = coordinator.cookies
    case = told()
    answer = strict.post(f"/desk/small/cases/{case.reference}/note/", {"version": case.version})
    assert answer.status_code == 403


def test_settings_are_for_administrators_and_show_nothing_personal(
    told: Callable[..., Case],
) -> None:
    case = told("Words that are private", email="aisha@resident.example")
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("root"))
    pages = [f"/admin/records/{model._meta.model_name}/" for model in admin.site._registry
             if model._meta.app_label == "records"]  # fmt: skip
    pages += [f"/admin/records/{name}/{thing.pk}/change/" for name, thing in (
        ("case", case), ("report", case.reports.get()), ("event", case.events.first()),
        ("city", case.city), ("user", User.objects.get(username="root")))]  # fmt: skip
    assert len(pages) >= 15
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "Words that are private" not in answer.content.decode(), page
        assert "aisha@" not in answer.content.decode(), page
    assert client.post(pages[-5], {"state": "closed"}).status_code == 403
    client.force_login(User.objects.create_user("officer"))
    assert client.get("/admin/").status_code == 302


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "field"),
    [
        *(("redact", "report"), ("erase", "report"), ("split", "report"), ("hide", "photo")),
        *(("merge", "into"), ("merge", "other"), ("end-task", "task")),
    ],
)
def test_a_form_of_ones_own_case_reaches_no_other(
    at_work: Callable[..., Client], told: Callable[..., Case], act: Act, name: str, field: str
) -> None:
    """Whoever may do all to the cases of one department names what belongs to another's."""
    theirs = told("Secret words", service="light", photos=(encoded(scene(), "JPEG"),))
    own = told("A hole")
    assert (own.department.code, theirs.department.code) == ("roads-west", "roads")
    supervisor = at_work("supervisor", "roads-west")
    ids = {
        "report": theirs.reports.get().pk, "photo": Photo.objects.get().pk, "task": 1,
        "into": theirs.reference, "other": theirs.reference,
    }  # fmt: skip
    before = theirs.events.count()
    answer = act(supervisor, own, name, **{field: ids[field]}, words="gone", text="gone")
    assert answer.status_code in (403, 409, 422)
    assert "Secret words" not in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.events.count() == before
    assert theirs.reports.get().public_words == "Secret words"
    assert Photo.objects.get().public
