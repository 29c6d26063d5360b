"""A reporter stops the messages about a report."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ngoma.records.models import Contact, Event, Notice, Report

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
Work = Callable[[], None]


def forgotten() -> list[str]:
    """The references of reports of which it is on record that their contact was erased."""
    events = Event.objects.filter(kind="forgotten", actor=Event.Actor.RESIDENT)
    return [event.data["reference"] for event in events]


def test_asked_first_then_stopped(client: Client, tell: Tell, work: Work) -> None:
    receipt = tell(email="a@example.org", contact_language="ko")
    path = f"/channels/stop/{receipt.report.secret}/"
    page = client.get(path)
    assert page.status_code == 200
    assert "알림 그만 받기" in page.content.decode()
    assert Contact.objects.count() == 1
    done = client.post(path)
    assert done.status_code == 200
    assert "<button" not in done.content.decode()
    assert Contact.objects.count() == 0
    work()
    assert not Notice.objects.exists()
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 200
    assert forgotten() == [receipt.report.reference]


def test_one_click_as_mail_programs_do_it(tell: Tell) -> None:
    receipt = tell(email="a@example.org")
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        f"/channels/stop/{receipt.report.secret}/", {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert Report.objects.get().contact is None


def test_other_reports_are_still_told_about(client: Client, tell: Tell, work: Work) -> None:
    one, two = tell(), tell()
    client.post(f"/channels/stop/{one.report.secret}/")
    work()
    assert list(Notice.objects.values_list("report", flat=True)) == [two.report.pk]
    assert Contact.objects.count() == 1
    assert forgotten() == [one.report.reference]


def test_a_guess_finds_nothing(client: Client, city: Any) -> None:
    assert client.get("/channels/stop/guess/").status_code == 404
    assert client.post("/channels/stop/guess/").status_code == 404
