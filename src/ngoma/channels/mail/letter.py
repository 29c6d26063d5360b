"""A mail as it came (RFC 5322): who wrote what, to whom, and whether a person did."""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from typing import cast

import html2text

from ngoma.base.characters import clean
from ngoma.channels.mail.quoting import own_words

MOST_BYTES = 40_000_000
LONGEST_BODY = 50_000
"""Characters of a mail that are read at all."""
LONGEST_HEAD = 2000
"""Characters of a head that are read: one of a hundred thousand takes its reader minutes."""
MOST_PARTS = 100
_LISTS = re.compile(r"<[uo]l\b[^>]{0,200}>", re.IGNORECASE)
"""Without them points stay points; a thousand within each other would be indented to megabytes."""
_DESTINATIONS = ("Delivered-To", "X-Original-To", "To", "Cc")
_MACHINES = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "do-not-reply@")
_TO_MANY = frozenset({"bulk", "junk", "list", "auto_reply"})


class _Bounded(email.policy.EmailPolicy):
    """The usual reading of heads, as far as they may be long."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEAD]


_POLICY = cast("email.policy.EmailPolicy[EmailMessage]", _Bounded())


class Unreadable(ValueError):
    """What came is no mail that can be read."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`id` is the same for the same mail. `text` has no quotation and no signature. `automatic`:
    no person wrote it, so nobody is answered. `authentic`: whom our own mail server lets us believe
    the sender to be (DMARC, RFC 7489; told as in RFC 8601)."""

    id: str
    sender: str
    destinations: str
    subject: str
    text: str
    photos: tuple[bytes, ...]
    automatic: bool
    authentic: bool


def read(data: bytes, *, authority: str, most_photos: int) -> Letter:
    """Read a mail. `authority` is the name under which our mail server tells what it checked;
    empty: nobody's word is taken. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable("larger than a mail may be")
    if data.lower().count(b"\ncontent-type:") > MOST_PARTS:
        raise Unreadable("more parts than a mail may have")
    try:
        mail = email.message_from_bytes(data, policy=_POLICY)
        senders = getaddresses([str(each) for each in mail.get_all("From", [])])
        text = _text(mail)
    except _UNREADABLE as error:
        raise Unreadable("no readable mail") from error
    if len(senders) != 1 or "@" not in senders[0][1]:
        raise Unreadable("no one sender")
    try:
        return _letter(mail, data, senders[0][1], text, authority, most_photos)
    except _UNREADABLE as error:
        raise Unreadable("no readable mail") from error


_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError)
"""What the library raises where a mail makes no sense, or is nested without end."""


def _letter(
    mail: EmailMessage, data: bytes, sender: str, text: str, authority: str, most_photos: int
) -> Letter:
    return Letter(
        id=_id(mail, data),
        sender=sender,
        destinations=" ".join(
            str(each) for name in _DESTINATIONS for each in mail.get_all(name, [])
        ),
        subject=clean(str(mail.get("Subject", "")))[:200],
        text=clean(own_words(text)).strip(),
        photos=tuple(_photos(mail))[:most_photos],
        automatic=_automatic(mail, sender),
        authentic=_authentic(mail, authority),
    )


def _id(mail: EmailMessage, data: bytes) -> str:
    """A hash: what others name their mails is as long as they please."""
    named = str(mail.get("Message-ID", "")).strip().encode()
    return hashlib.sha256(named or data).hexdigest()[:40]


def _text(mail: EmailMessage) -> str:
    """The plain text; of a mail in HTML alone what can be read of it."""
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        content = body.get_content()
    except LookupError:  # an alphabet that nobody knows
        payload = body.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if not isinstance(content, str):
        return ""
    content = content[:LONGEST_BODY]
    return _plain(content) if body.get_content_subtype() == "html" else content


def _plain(html: str) -> str:
    reader = html2text.HTML2Text(bodywidth=0)
    reader.ignore_links = reader.ignore_images = reader.ignore_emphasis = True
    reader.ignore_tables = True
    return reader.handle(_LISTS.sub("", html))[:LONGEST_BODY]


def _photos(mail: EmailMessage) -> Iterator[bytes]:
    """Photos, attached or in the text; whatever else is attached stays behind."""
    for part in mail.walk():
        if part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                yield content


def _automatic(mail: EmailMessage, sender: str) -> bool:
    """Whether a machine wrote it (RFC 3834), or it went to many."""
    auto = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return (
        auto != "no"
        or mail.get_content_type() == "multipart/report"
        or str(mail.get("Precedence", "")).strip().lower() in _TO_MANY
        or str(mail.get("Return-Path", "<x>")).strip() == "<>"
        or any(name in mail for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Loop"))
        or sender.lower().startswith(_MACHINES)
    )


def _authentic(mail: EmailMessage, authority: str) -> bool:
    """Whether the newest word of our own server is that DMARC passed. Whoever sends a mail can
    write such words too, but only under other names: the server removes those under its own."""
    for said in mail.get_all("Authentication-Results", []) if authority else ():
        name, _semicolon, results = str(said).partition(";")
        if name.split()[:1] == [authority]:
            return "dmarc=pass" in results.replace(" ", "").lower()
    return False
