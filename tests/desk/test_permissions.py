"""Nothing of the desk is reached without a login and work in the city, nor past one's role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from ngoma.base.clock import now
from ngoma.casework import workflow
from ngoma.cities.book import Book
from ngoma.desk import urls
from ngoma.desk.actions import ACTIONS, BESIDE
from ngoma.people.permissions import VERBS
from ngoma.records.models import Case, Contact, Event, PersonalRead, Role, State, User

OUTSIDE = ("login/", "logout/", "language/", "")
PAGES = [str(each.pattern) for each in urls.urlpatterns if isinstance(each, URLPattern)]
ACCOUNT_PAGES = [each for each in PAGES if each.startswith("account/")]
"""Of one's own sign-in, whatever one works in: see `test_factors.py`."""
CITY_PAGES = [each for each in PAGES if each not in (*OUTSIDE, *ACCOUNT_PAGES)]


def _address(pattern: str, case: Case) -> str:
    fillings = {
        "<slug:city>": "small",
        "<slug:reference>": case.reference,
        "<int:report>": str(case.reports.first().pk),
        "<slug:name>": "note",
        "<int:number>": "1",
        "<slug:kind>": "article",
        "<slug:code>": "-",
    }
    for name, filling in fillings.items():
        pattern = pattern.replace(name, filling)
    return f"/desk/{pattern}"


def test_every_address_is_either_outside_or_of_a_city() -> None:
    assert all(each.startswith("<slug:city>/") for each in CITY_PAGES)
    assert len(CITY_PAGES) >= 7


@pytest.mark.once
@pytest.mark.parametrize("pattern", CITY_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_login(
    told: Callable[..., Case], pattern: str, method: str
) -> None:
    case = told()
    events = Event.objects.count()
    answer = getattr(Client(SERVER_NAME="localhost"), method)(_address(pattern, case))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/login/")
    assert Event.objects.count() == events


@pytest.mark.once
@pytest.mark.parametrize("pattern", CITY_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_work_in_the_city_finds_no_page(
    told: Callable[..., Case], pattern: str, method: str
) -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("elsewhere", is_staff=True, is_superuser=True))
    answer = getattr(client, method)(_address(pattern, told()))
    assert answer.status_code == 404


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
    for page in ("", "work/", f"work/?department={case.department_id}", "work/?q=secret",
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
