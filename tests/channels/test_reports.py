"""Delivery reports: who may give them, in any order, any number of times."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.notices.twilio import signature
from ngoma.records.models import Job, Notice

HOOK = "/channels/africastalking/hidden-word/"
FORM = "application/x-www-form-urlencoded"
Tell = Callable[..., Any]
Work = Callable[[], None]


def only() -> Notice:
    return Notice.objects.get()


def report(client: Client, status: str, **more: str) -> int:
    """Post a report of Africa's Talking; returns the status of the answer."""
    form = {"id": "ATXid_1", "status": status, "phoneNumber": "+256772123456"} | more
    return client.post(HOOK, urlencode(form), content_type=FORM).status_code


def signed(client: Client, path: str, form: dict[str, str], sign: str | None = None) -> int:
    """Post a report as Twilio does; returns the status of the answer."""
    given = sign or signature(f"http://localhost:8000{path}", form.items())
    headers = {"X-Twilio-Signature": given}
    return client.post(path, urlencode(form), content_type=FORM, headers=headers).status_code


@pytest.mark.django_db
class TestAfricasTalking:
    @pytest.fixture(autouse=True)
    def _sent(self, use_africastalking: Any, tell: Tell, work: Work) -> None:
        tell()
        work()

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            ("Sent", "sent"),
            ("Buffered", "sent"),
            ("Success", "delivered"),
            ("Failed", "failed"),
            ("Rejected", "failed"),
            ("SomethingNew", "sent"),
        ],
    )
    def test_what_it_reports(self, client: Client, status: str, state: str) -> None:
        assert report(client, status) == 204
        assert only().state == state

    def test_why_it_failed(self, client: Client) -> None:
        report(client, "Failed", failureReason="UserInBlackList")
        assert only().error == "Failed UserInBlackList"
        assert report(client, "Success") == 204
        assert (only().state, only().error) == ("delivered", "")

    @pytest.mark.parametrize(
        "order", [*permutations(["Success", "Failed", "Submitted", "Success"])]
    )
    def test_delivered_is_never_taken_back(self, client: Client, order: tuple[str, ...]) -> None:
        for status in order:
            report(client, status)
        assert only().state == "delivered"

    def test_only_its_own_address(self, client: Client, settings: Settings) -> None:
        form = b"id=ATXid_1&status=Success"
        guess = "/channels/africastalking/guess/"
        assert client.post(guess, form, content_type=FORM).status_code == 403
        assert client.get(HOOK).status_code == 405
        settings.NGOMA_SMS_HOOK = ""
        assert client.post(HOOK, form, content_type=FORM).status_code == 403
        assert only().state == "sent"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"id=&status=Success",
            b"status=Success",
            b"\xff\x00=",
            b"id=%00&status=a",
            b"a=1&" * 300,
        ],
    )
    def test_half_a_report(self, client: Client, body: bytes) -> None:
        assert client.post(HOOK, body, content_type=FORM).status_code == 400

    def test_a_report_before_the_answer_is_looked_at_again(
        self, client: Client, work: Work
    ) -> None:
        Notice.objects.update(provider_id="", state="sending")
        assert report(client, "Success") == 204
        assert Job.objects.get().kind == "notices.receipt"
        Notice.objects.update(provider_id="ATXid_1", state="sent")
        with frozen(now() + timedelta(minutes=2)):
            work()
        assert only().state == "delivered"

    def test_a_report_about_nothing_ends(self, client: Client, work: Work) -> None:
        assert report(client, "Success", id="ATXid_unknown") == 204
        with frozen(now() + timedelta(minutes=2)):
            work()
        assert not Job.objects.exists()
        assert only().state == "sent"


@pytest.mark.django_db
class TestTwilio:
    @pytest.fixture
    def path(self, use_twilio: Any, tell: Tell, work: Work) -> str:
        tell()
        work()
        return f"/channels/twilio/{only().pk}/"

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            ("queued", "sent"),
            ("delivered", "delivered"),
            ("read", "delivered"),
            ("failed", "failed"),
        ],
    )
    def test_what_it_reports(self, client: Client, path: str, status: str, state: str) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": ""}
        assert signed(client, path, form) == 204
        assert only().state == state

    def test_why_it_failed(self, client: Client, path: str) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
        signed(client, path, form)
        assert (only().state, only().error) == ("failed", "undelivered 30005")

    @pytest.mark.parametrize("sign", ["", "0Wg9u3cqZm1R0Fb8H8N7tHoLOjc=", "é"])
    def test_a_wrong_signature(self, client: Client, path: str, sign: str) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert signed(client, path, form, sign or "-") == 403
        assert client.post(path, form).status_code == 403
        assert only().state == "sent"

    def test_another_notice_needs_another_signature(self, client: Client, path: str) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        sign = signature("http://localhost:8000/channels/twilio/0/", form.items())
        assert signed(client, path, form, sign) == 403

    def test_an_uncertain_notice_is_cleared_up(self, client: Client, path: str) -> None:
        Notice.objects.update(state="unsure", provider_id="", provider="")
        signed(client, path, {"MessageSid": "SM1", "MessageStatus": "sent"})
        assert only().state == "sent"
        signed(client, path, {"MessageSid": "SM1", "MessageStatus": "delivered"})
        assert only().state == "delivered"

    def test_half_a_report(self, client: Client, path: str) -> None:
        assert signed(client, path, {"MessageSid": "SM1"}) == 400


PAIRS = [
    [
        ("MessageSid", "SM1"),
        ("MessageStatus", "delivered"),
        ("To", "+256772123456"),
        ("ErrorCode", ""),
    ],
    [("b", "2"), ("a", "é 서울 ŋ+&="), ("a", "1"), ("a", "1"), ("A", "0")],
    [("Body", "tab\tline\r\nend"), ("Media", "")],
]
SIGNATURES = [
    "0Wg9u3cqZm1R0Fb8H8N7tHoLOjc=",
    "VuJDVclRN9AWgvsgOuZWaDoXhIc=",
    "vvawTmVbHQxJvTnmHiCQ7xeaZZ8=",
]


@pytest.mark.parametrize(("pairs", "expected"), [*zip(PAIRS, SIGNATURES, strict=True)])
def test_signatures_are_those_of_twilio_s_own_library(
    settings: Settings, pairs: list[tuple[str, str]], expected: str
) -> None:
    """Computed with twilio 9.13.0 from PyPI."""
    settings.NGOMA_SMS_KEY = "s3cret-key"
    assert signature("http://localhost:8000/channels/twilio/7/", pairs) == expected


def test_the_signature_of_twilio_s_documentation(settings: Settings) -> None:
    settings.NGOMA_SMS_KEY = "12345"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(address, form.items()) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.fixture
def twilio_reports(use_twilio: Any, settings: Settings, live_server: Any) -> Callable[[], int]:
    """Posts to the address that the last message asked for, over the network."""
    settings.NGOMA_URL = live_server.url

    def reports() -> int:
        address = use_twilio.requests[-1].form["StatusCallback"]
        form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+256772123456"}
        headers = {"X-Twilio-Signature": signature(address, form.items())}
        return httpx.post(address, data=form, headers=headers).status_code

    return reports


def test_from_the_message_to_the_report(
    transactional_db: None, twilio_reports: Callable[[], int], tell: Tell, work: Work
) -> None:
    tell()
    work()
    assert only().state == "sent"
    assert twilio_reports() == 204
    assert only().state == "delivered"
