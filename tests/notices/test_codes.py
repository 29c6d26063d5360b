"""A one-time code on its way: only what is sent holds it, and only as long as it works."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen, now
from ngoma.notices.codes import ask, enter
from ngoma.notices.sending import GONE, outgoing
from ngoma.people import codes, vault
from ngoma.records.models import Code, Job, Notice

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
Work = Callable[[], None]
PHONE = "+256772123456"


@pytest.fixture
def asked(city: Any, tell: Tell, work: Work) -> Callable[[], None]:
    """Asks for the code that opens the reports of a known number."""
    tell()
    work()
    Notice.objects.all().delete()

    def asked() -> None:
        ask(city.id, vault.finder(city.id, PHONE), Code.Purpose.REPORTS, "en")

    return asked


def only() -> Notice:
    return Notice.objects.select_related("code").get()


def digits() -> str:
    return codes.digits(Code.objects.get(purpose=Code.Purpose.REPORTS))


def test_only_what_is_sent_holds_the_code(use_twilio: Any, asked: Any, work: Work) -> None:
    asked()
    work()
    body = use_twilio.requests[-1].form["Body"]
    assert body.startswith(f"Small: your code is {digits()}.")
    assert digits() not in only().text
    assert "http" not in body, "a code leads nowhere: who has it knows where it belongs"


def test_a_service_that_says_the_message_again_leaves_no_code_behind(
    use_twilio: Any, asked: Any, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    said = "rejected: Small: your code is 123456."
    use_twilio.answer(400, {"code": 21211, "message": said})
    asked()
    work()
    assert only().state == "failed"
    assert "rejected" in only().error
    assert "123456" not in only().error
    assert "123456" not in caplog.text


def test_a_code_is_not_tried_again_when_it_works_no_more(
    use_twilio: Any, asked: Any, work: Work
) -> None:
    before = len(use_twilio.requests)
    use_twilio.answer(503, "busy", Retry_After="3600")
    asked()
    work()
    assert only().state == "queued"
    with frozen(now() + timedelta(hours=2)):
        work()
    assert (only().state, only().error) == ("failed", "the code is good no longer")
    assert len(use_twilio.requests) == before + 1


def test_a_wrong_code_writes_as_much_whether_the_address_is_known_or_not(
    city: Any, asked: Any, work: Work
) -> None:
    asked()
    work()
    for number in (PHONE, "+256772999888"):
        finder = vault.finder(city.id, number)
        assert enter(city.id, finder, Code.Purpose.REPORTS, "12345") is None
        assert Job.objects.count() == 1, "one commit, which is what takes the time"
        work()
    assert Code.objects.get(purpose=Code.Purpose.REPORTS).attempts == 1


def test_what_was_sent_can_be_shown_when_the_code_is_gone(asked: Any, work: Work) -> None:
    asked()
    work()
    Code.objects.all().delete()
    assert f"your code is {GONE}." in outgoing(only()).text
