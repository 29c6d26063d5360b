"""E-mail by SMTP (RFC 5321): one message, one connection, and whether the server took it."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from ngoma.base.clock import now
from ngoma.notices.gateway import Away, Message, Permanent, Temporary, Unsure

TIMEOUT_SECONDS = 30


def deliver(message: Message) -> str:
    """Hand the message to the server of NGOMA_SMTP_URL; returns its Message-ID."""
    mail = compose(message)
    server = urlsplit(settings.NGOMA_SMTP_URL)
    try:
        with _connected(server) as smtp:
            _logged_in(smtp, server)
            _hand_over(smtp, message, mail)
    except ssl.SSLError as error:
        raise Away(f"TLS: {error.reason}") from error
    except (OSError, smtplib.SMTPException) as error:
        # Only what happens after DATA is uncertain, and that was named where it happened.
        raise Away(f"SMTP: {type(error).__name__}") from error
    return _id(message)


def compose(message: Message) -> bytes:
    """The mail: plain text and the same as simple HTML. Its Message-ID is that of the notice."""
    mail = EmailMessage()
    mail["From"] = formataddr((message.sender, message.sender_address))
    mail["To"] = message.to
    if message.answer:
        mail["Reply-To"] = message.answer
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now())
    mail["Auto-Submitted"] = "auto-generated"
    if message.stop:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(_html(message), subtype="html", cte="quoted-printable")
    # By hand, because the library breaks long addresses and ids into encoded words.
    by_hand = {
        "Message-ID": f"<{_id(message)}>",
        "References": f"<{message.thread}@{_host()}>",
    }
    if message.stop:
        by_hand["List-Unsubscribe"] = f"<{message.stop}>"
    head = "".join(f"{name}: {value}\r\n" for name, value in by_hand.items())
    return head.encode("ascii") + mail.as_bytes(policy=SMTP)


def _id(message: Message) -> str:
    return f"{message.thread}.{message.notice}@{_host()}"


def _host() -> str:
    return urlsplit(settings.NGOMA_URL).hostname or "localhost"


def _html(message: Message) -> str:
    link, text = escape(message.link), escape(message.text)
    if link:
        text = text.replace(link, f'<a href="{link}">{link}</a>')
    paragraphs = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))
    return f'<div style="font:16px/1.5 sans-serif;max-width:38em">{paragraphs}</div>'


def _connected(server: SplitResult) -> smtplib.SMTP:
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_SECONDS)


def _logged_in(smtp: smtplib.SMTP, server: SplitResult) -> None:
    """TLS where the server offers it; a password never goes without it, except to this machine."""
    smtp.ehlo()
    if server.scheme == "smtp" and smtp.has_extn("starttls"):
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    elif server.scheme == "smtp" and server.username and server.hostname not in _THIS_MACHINE:
        raise Temporary("the mail server offers no TLS, so the password is not sent")
    if server.username:
        smtp.login(unquote(server.username), unquote(server.password or ""))


_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _hand_over(smtp: smtplib.SMTP, message: Message, mail: bytes) -> None:
    try:
        message.to.encode("ascii")
    except UnicodeEncodeError as error:
        raise Permanent("the address has characters that mail servers do not take") from error
    _check("MAIL", *smtp.mail(message.sender_address))
    _check("RCPT", *smtp.rcpt(message.to))
    try:
        code, answer = smtp.data(mail)
    except smtplib.SMTPDataError as error:
        # The server refused the command itself: not one line of the mail was written.
        _check("DATA", error.smtp_code, error.smtp_error)
        raise
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise Unsure(f"no answer to the mail: {type(error).__name__}") from error
    _check("DATA", code, answer)
    with suppress(OSError, smtplib.SMTPException):
        smtp.quit()  # the mail is taken, whatever the server says now


def _check(step: str, code: int, answer: bytes | str) -> None:
    """Raise where the server says no: 4xx for now, 5xx for good."""
    if 200 <= code < 300:
        return
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    raise (Temporary if 400 <= code < 500 else Permanent)(f"{step} {code} {said}")
