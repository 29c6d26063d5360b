"""A notice goes out once, is tried again only where that is safe, and says what went wrong."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.notices import sending
from ngoma.records.models import Job, Notice

ACCOUNT, KEY = "AC0123456789", "s3cret-key"
Tell = Callable[..., Any]
Work = Callable[[], None]


def only() -> Notice:
    return Notice.objects.select_related("report").get()


def waiting() -> float:
    """Seconds until the job that sends runs again."""
    return (Job.objects.get(kind="notices.send").run_at - now()).total_seconds()


@pytest.mark.django_db
class TestAfricasTalking:
    def test_speaks_its_language(self, use_africastalking: Any, tell: Tell, work: Work) -> None:
        receipt = tell(contact_language="sw")
        work()
        [request] = use_africastalking.requests
        assert request.path == "/version1/messaging"
        assert request.headers["apikey"] == KEY
        assert request.headers["accept"] == "application/json"
        secret = f"/sw/r/{receipt.report.reference}/{receipt.report.secret}"
        assert request.form.pop("message").endswith(secret)
        assert request.form == {
            "username": ACCOUNT, "to": "+256772123456", "from": "Small",
            "bulkSMSMode": "1", "enqueue": "1",
        }  # fmt: skip
        notice = only()
        assert (notice.state, notice.provider) == ("sent", "africastalking")
        assert (notice.provider_id, notice.attempts, notice.error) == ("ATXid_1", 1, "")
        assert notice.sent_at is not None

    @pytest.mark.parametrize(
        ("code", "status", "state"),
        [
            (100, "Processed", "sent"),
            (102, "Queued", "sent"),
            (403, "InvalidPhoneNumber", "failed"),
            (406, "UserInBlacklist", "failed"),
            (405, "InsufficientBalance", "queued"),
            (500, "InternalServerError", "queued"),
            ("?", "?", "unsure"),
        ],
    )
    def test_its_codes(
        self, use_africastalking: Any, tell: Tell, work: Work, code: Any, status: str, state: str
    ) -> None:
        recipient = {"statusCode": code, "status": status, "number": "+256772123456"}
        recipient |= {"messageId": "ATXid_7", "cost": "0"}
        data = {"Message": "Sent to 0/1", "Recipients": [recipient]}
        use_africastalking.answer(201, {"SMSMessageData": data})
        tell()
        work()
        assert only().state == state
        assert only().error == ("" if state == "sent" else only().error)
        if state in ("failed", "queued"):
            assert only().error == f"{code} {status}"

    def test_a_message_without_recipient(
        self, use_africastalking: Any, tell: Tell, work: Work
    ) -> None:
        data = {"Message": "InvalidSenderId", "Recipients": []}
        use_africastalking.answer(201, {"SMSMessageData": data})
        tell()
        work()
        assert (only().state, only().error) == ("failed", "InvalidSenderId")


@pytest.mark.django_db
class TestTwilio:
    def test_speaks_its_language(
        self, use_twilio: Any, settings: Settings, tell: Tell, work: Work
    ) -> None:
        settings.NGOMA_SMS_FROM = "+15005550006"
        tell()
        work()
        [request] = use_twilio.requests
        assert request.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        notice = only()
        assert request.form.pop("Body").startswith("Small: SML ")
        assert request.form == {
            "To": "+256772123456",
            "From": "+15005550006",
            "StatusCallback": f"http://localhost:8000/channels/twilio/{notice.pk}/",
        }
        assert (notice.state, notice.provider, notice.provider_id) == ("sent", "twilio", "SM1")

    def test_a_messaging_service_sends(
        self, use_twilio: Any, settings: Settings, tell: Tell, work: Work
    ) -> None:
        settings.NGOMA_SMS_FROM = "MG0123"
        tell()
        work()
        assert use_twilio.requests[0].form["MessagingServiceSid"] == "MG0123"
        assert "From" not in use_twilio.requests[0].form

    @pytest.mark.parametrize(
        ("status", "code", "state"),
        [
            (400, 21211, "failed"),
            (400, 21610, "failed"),
            (429, 20429, "queued"),
            (400, 14107, "queued"),
        ],
    )
    def test_its_codes(
        self, use_twilio: Any, tell: Tell, work: Work, status: int, code: int, state: str
    ) -> None:
        said = "The 'To' number +256772123456 is not a valid phone number."
        use_twilio.answer(status, {"code": code, "message": said, "status": status})
        tell()
        work()
        assert only().state == state
        assert only().error
        assert "772" not in only().error


@pytest.mark.django_db
class TestFailures:
    def test_too_many_requests_wait_as_long_as_told(
        self, use_twilio: Any, tell: Tell, work: Work
    ) -> None:
        use_twilio.answer(429, {"code": 20429}, Retry_After="77")
        tell()
        work()
        assert only().state == "queued"
        assert waiting() == pytest.approx(77, abs=5)
        with frozen(now() + timedelta(seconds=80)):
            work()
        assert (only().state, only().attempts) == ("sent", 2)
        assert len(use_twilio.requests) == 2

    def test_retry_after_may_be_a_date(self, use_twilio: Any, tell: Tell, work: Work) -> None:
        date = format_datetime(now() + timedelta(minutes=10), usegmt=True)
        use_twilio.answer(503, "busy", Retry_After=date)
        tell()
        work()
        assert waiting() == pytest.approx(600, abs=5)

    def test_pauses_double_and_end(self, use_twilio: Any, tell: Tell, work: Work) -> None:
        tell()
        at, pauses = now(), []
        for _ in range(9):
            use_twilio.answer(500, "broken")
            with frozen(at):
                work()
                pauses.append(round(waiting()))
            at += timedelta(seconds=pauses[-1] + 1)
        assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        use_twilio.answer(500, "broken")
        with frozen(at + timedelta(days=2)):
            work()
        assert (only().state, only().error) == ("failed", "given up: HTTP 500")
        assert not Job.objects.exists()

    def test_a_key_that_was_refused_can_be_put_right(
        self, use_twilio: Any, settings: Settings, tell: Tell, work: Work
    ) -> None:
        settings.NGOMA_SMS_KEY = "wrong"
        tell()
        work()
        assert (only().state, only().error) == ("queued", "HTTP 401")
        settings.NGOMA_SMS_KEY = KEY
        with frozen(now() + timedelta(minutes=1)):
            work()
        assert only().state == "sent"

    def test_nobody_listens(
        self, use_twilio: Any, settings: Settings, tell: Tell, work: Work
    ) -> None:
        settings.NGOMA_SMS_URL = "http://127.0.0.1:9"
        tell()
        work()
        assert (only().state, only().error) == ("queued", "no connection: ConnectError")

    @pytest.mark.parametrize(
        "answer", ["drop", (200, {}, "<html>hello"), (502, {}, ""), (504, {}, "")]
    )
    def test_a_lost_answer_is_never_tried_again(
        self, use_twilio: Any, tell: Tell, work: Work, answer: Any
    ) -> None:
        use_twilio.answers.append(answer)
        tell()
        work()
        assert only().state == "unsure"
        assert not Job.objects.exists()
        sending.send(notice=only().pk)
        assert len(use_twilio.requests) == 1

    def test_a_slow_service(
        self, use_twilio: Any, tell: Tell, work: Work, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ngoma.notices.http.TIMEOUT", 0.2)
        use_twilio.answers.append("hang")
        tell()
        work()
        assert (only().state, only().error) == ("unsure", "no answer: ReadTimeout")

    def test_an_erased_contact_hears_nothing(self, use_twilio: Any, tell: Tell, work: Work) -> None:
        receipt = tell()
        use_twilio.answer(500, "broken")
        work()
        receipt.report.contact.delete()
        with frozen(now() + timedelta(minutes=1)):
            work()
        assert (only().state, only().error) == ("failed", "the contact was erased")
        assert len(use_twilio.requests) == 1

    def test_an_interrupted_notice_is_not_sent_again(
        self, use_twilio: Any, tell: Tell, work: Work
    ) -> None:
        tell()
        work()
        Notice.objects.update(state="sending", provider_id="")
        sending.send(notice=only().pk)
        assert only().state == "unsure"
        assert len(use_twilio.requests) == 1

    def test_without_a_service_it_fails_where_it_is_meant(
        self, settings: Settings, tell: Tell, work: Work
    ) -> None:
        settings.NGOMA_DEMO = settings.DEBUG = False
        tell()
        work()
        assert only().state == "failed"
        assert "NGOMA_SMS" in only().error

    def test_a_demonstration_writes_to_nobody(
        self, use_twilio: Any, tell: Tell, work: Work
    ) -> None:
        tell(demo=True)
        work()
        assert (only().state, only().provider) == ("sent", "outbox")
        assert use_twilio.requests == []

    def test_logs_carry_no_address(
        self, use_twilio: Any, tell: Tell, work: Work, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        use_twilio.answer(400, {"code": 21211, "message": "number +256 772 123456"})
        receipt = tell()
        work()
        assert "notice not sent" in caplog.text
        assert "772123456" not in caplog.text.replace(" ", "")
        assert receipt.report.secret not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_service_hears_of_it_only_after_the_disk(
    use_twilio: Any, tell: Tell, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the provider is told has been committed as SENDING: another connection sees it."""
    from threading import Thread

    from django.db import connection

    seen: list[str] = []

    def look() -> None:
        seen.append(only().state)
        connection.close()

    def deliver(message: Any) -> str:
        thread = Thread(target=look)
        thread.start()
        thread.join()
        return "SM1"

    monkeypatch.setitem(sending.GATEWAYS, "twilio", deliver)
    tell()
    work()
    assert seen == ["sending"]
    assert only().state == "sent"


_BEGIN = """
import sys
from pathlib import Path
from django.core.management import call_command
from ngoma.settings.start import start
start()
call_command("migrate", verbosity=0)
from ngoma.cities.book import book
from ngoma.cities.load import load
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.work.worker import run_until_idle
load(Path(sys.argv[1]))
submit(Submission(book=book("small"), origin="t", key="1", channel="web", words="A hole",
    service="pothole", lat=0.15, lon=32.05, phone="+256772123456"))
run_until_idle()
"""
_AGAIN = """
from datetime import timedelta
from ngoma.settings.start import start
start()
from ngoma.base.clock import frozen, now
from ngoma.records.models import Job, Notice
from ngoma.work.worker import run_until_idle
with frozen(now() + timedelta(hours=1)):
    run_until_idle()
notice = Notice.objects.get()
print(notice.state, notice.attempts, Job.objects.count())
"""


def test_kill_while_sending_never_sends_twice(provider: Any, tmp_path: Path) -> None:
    small = Path(__file__).parents[1] / "cities" / "small"
    environment = os.environ | {
        "NGOMA_DATA": str(tmp_path), "DATABASE_URL": "", "NGOMA_SMS": "twilio",
        "NGOMA_SMS_URL": provider.url, "NGOMA_SMS_USER": ACCOUNT, "NGOMA_SMS_KEY": KEY,
    }  # fmt: skip
    provider.answers.append("hang")
    command = [sys.executable, "-c", _BEGIN, str(small)]
    with subprocess.Popen(command, env=environment) as process:
        assert provider.arrived.acquire(timeout=120), "nothing was sent"
        process.send_signal(signal.SIGKILL)
    again = subprocess.run(
        [sys.executable, "-c", _AGAIN], env=environment, capture_output=True, text=True, check=True
    )
    assert again.stdout.split() == ["unsure", "1", "0"]
    assert len(provider.requests) == 1
