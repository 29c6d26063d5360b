"""The outbox of a demonstration."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
Work = Callable[[], None]


def test_shows_what_was_sent_by_contact(client: Client, tell: Tell, work: Work) -> None:
    by_phone = tell(contact_language="lg")
    by_mail = tell(email="a@example.org", joins=by_phone.case.reference)
    work()
    page = client.get("/outbox/").content.decode()
    assert page.index("a@example.org") < page.index("+256772123456")
    assert 'lang="lg"' in page
    for receipt in (by_phone, by_mail):
        assert f"/r/{receipt.report.reference}/{receipt.report.secret}</a>" in page


def test_says_that_there_is_nothing(client: Client, city: Any) -> None:
    assert "Nothing yet" in client.get("/outbox/").content.decode()


def test_words_of_a_person_are_no_html(
    client: Client, tell: Tell, work: Work, officer: Any
) -> None:
    from ngoma.casework import talking

    receipt = tell()
    talking.answer(actor=officer, case_id=receipt.case.pk, text="<b>bold</b>")
    work()
    assert "&lt;b&gt;bold" in client.get("/outbox/").content.decode()


def test_is_not_there_where_it_is_meant(client: Client, settings: Settings, city: Any) -> None:
    settings.NGOMA_DEMO = settings.DEBUG = False
    assert client.get("/outbox/").status_code == 404
    assert client.post("/outbox/").status_code in (404, 405)
