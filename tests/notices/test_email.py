"""A mail over SMTP, to a real server on this machine."""

import email
import email.policy
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from bench.serving import free_port
from pytest_django import Settings

from ngoma.records.models import Job, Notice

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
Tell = Callable[..., Any]
Work = Callable[[], None]


class Mailbox:
    """Keeps the mails; `say` has what to answer instead, by command."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.say: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.say:
            return self.say["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.say.get("DATA") == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "250 too late"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.envelopes.append(envelope)
        self.mails.append(mail)
        return self.say.get("DATA", "250 taken")


def _serve(
    mailbox: Mailbox,
    settings: Settings,
    *,
    login: str = "",
    hostname: str = "127.0.0.1",
    **options: Any,
) -> Controller:
    port = free_port()
    controller = Controller(mailbox, hostname=hostname, port=port, **options)
    controller.start()
    settings.NGOMA_SMTP_URL = f"smtp://{login}{hostname}:{port}"
    return controller


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A running SMTP server, through which mail goes."""
    mailbox = Mailbox()
    controller = _serve(mailbox, settings)
    yield mailbox
    controller.stop()


def only() -> Notice:
    return Notice.objects.get()


def test_a_mail_as_it_arrives(mailbox: Mailbox, tell: Tell, work: Work) -> None:
    receipt = tell(email="Person@Example.org", contact_language="ko")
    work()
    [mail] = mailbox.mails
    report, notice = receipt.report, only()
    assert mailbox.envelopes[0].mail_from == "reports@small.example"
    assert mailbox.envelopes[0].rcpt_tos == ["person@example.org"]
    assert mail["From"] == "Small <reports@small.example>"
    assert "민원이 접수되었습니다" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{report.reference}.{notice.pk}@localhost>"
    assert mail["References"] == f"<{report.reference}@localhost>"
    stop = f"<http://localhost:8000/channels/stop/{report.secret}/>"
    assert mail["List-Unsubscribe"] == stop
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    own = f"http://small.example/ko/r/{report.reference}/{report.secret}"
    plain = mail.get_body(("plain",))
    rich = mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert own in plain.get_content()
    assert f'<a href="{own}">' in rich.get_content()
    assert (notice.state, notice.provider) == ("sent", "smtp")
    assert f"<{notice.provider_id}>" == mail["Message-ID"]


def test_long_addresses_stay_whole(
    mailbox: Mailbox, settings: Settings, tell: Tell, work: Work
) -> None:
    settings.NGOMA_URL = f"https://{'a-long-name.' * 8}example"
    receipt = tell(email="a@example.org")
    work()
    content = mailbox.envelopes[0].original_content
    assert content is not None
    stop = f"List-Unsubscribe: <{settings.NGOMA_URL}/channels/stop/{receipt.report.secret}/>\r\n"
    assert stop.encode() in content
    assert max(map(len, content.split(b"\r\n"))) < 998


def test_what_an_officer_wrote_is_no_html(
    mailbox: Mailbox, tell: Tell, work: Work, officer: Any
) -> None:
    from ngoma.casework import talking

    receipt = tell(email="a@example.org")
    talking.answer(actor=officer, case_id=receipt.case.pk, text="<script>1 < 2 & 3</script>")
    work()
    rich = mailbox.mails[-1].get_body(("html",))
    assert rich is not None
    assert "&lt;script&gt;1 &lt; 2 &amp; 3" in rich.get_content()


@pytest.mark.parametrize(
    ("command", "answer", "state", "error"),
    [
        ("RCPT", "550 5.1.1 no such user", "failed", "RCPT 550 5.1.1 no such user"),
        ("RCPT", "451 4.7.1 greylisted", "queued", "RCPT 451 4.7.1 greylisted"),
        ("DATA", "554 5.7.1 spam", "failed", "DATA 554 5.7.1 spam"),
        ("DATA", "452 4.2.2 mailbox full", "queued", "DATA 452 4.2.2 mailbox full"),
        ("DATA", "drop", "unsure", "no answer to the mail: SMTPServerDisconnected"),
    ],
)
def test_what_a_server_may_say(
    mailbox: Mailbox, tell: Tell, work: Work, command: str, answer: str, state: str, error: str
) -> None:
    mailbox.say[command] = answer
    tell(email="a@example.org")
    work()
    assert (only().state, only().error) == (state, error)
    assert Job.objects.exists() == (state == "queued")


def test_an_address_in_the_answer_is_not_kept(mailbox: Mailbox, tell: Tell, work: Work) -> None:
    mailbox.say["RCPT"] = "550 <a@example.org> is unknown"
    tell(email="a@example.org")
    work()
    assert only().error == "RCPT 550 <…> is unknown"


def test_no_server(settings: Settings, tell: Tell, work: Work) -> None:
    settings.NGOMA_SMTP_URL = "smtp://127.0.0.1:9"
    tell(email="a@example.org")
    work()
    assert (only().state, only().error) == ("queued", "SMTP: ConnectionRefusedError")


@pytest.mark.parametrize(("password", "state"), [("p%40ss", "sent"), ("wrong", "queued")])
def test_login(settings: Settings, tell: Tell, work: Work, password: str, state: str) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password == b"p@ss", handled=False)

    mailbox = Mailbox()
    controller = _serve(
        mailbox,
        settings,
        login=f"us%40er:{password}@",
        authenticator=check,
        auth_required=True,
        auth_require_tls=False,
    )
    try:
        tell(email="a@example.org")
        work()
    finally:
        controller.stop()
    assert (only().state, len(mailbox.mails)) == (state, state == "sent")


def test_a_password_never_goes_without_tls(settings: Settings, tell: Tell, work: Work) -> None:
    # 127.0.0.2 is this machine too, but not by a name that says so.
    controller = _serve(Mailbox(), settings, login="user:pass@", hostname="127.0.0.2")
    try:
        tell(email="a@example.org")
        work()
    finally:
        controller.stop()
    assert only().state == "queued"
    assert "no TLS" in only().error


def test_a_code_is_read_in_the_list_of_mails_and_stops_nothing(
    mailbox: Mailbox, city: Any, tell: Tell, work: Work
) -> None:
    from ngoma.notices.codes import ask
    from ngoma.people import codes, vault
    from ngoma.records.models import Code

    tell(email="a@example.org")
    work()
    ask(city.id, vault.finder(city.id, "a@example.org"), Code.Purpose.REPORTS, "en")
    work()
    mail = mailbox.mails[-1]
    code = Code.objects.get(purpose=Code.Purpose.REPORTS)
    assert mail["Subject"] == f"Small: your code is {codes.digits(code)}"
    assert mail["List-Unsubscribe"] is None
    assert codes.digits(code) not in Notice.objects.get(code=code).subject
