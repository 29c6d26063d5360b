"""A mailbox at a mail server (IMAP4rev1, RFC 3501): what waits in it, and where it is put."""

import imaplib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from ngoma.base.outside import certificates

SECONDS = 30.0
"""For one step: connecting, or an answer."""

_PLAIN, _SECURED = 143, 993
_HERE = ("localhost", "127.0.0.1", "::1")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})")
T = TypeVar("T")

_BROKEN = (imaplib.IMAP4.error, OSError)


class Unopened(Exception):
    """The mailbox cannot be reached, or the server does not do as it is asked."""


class Mailbox:
    """A folder that is open, until `opened` is left. Every method raises Unopened."""

    def __init__(self, server: imaplib.IMAP4, moves: bool) -> None:
        """`moves`: the server can move a mail at once (RFC 6851)."""
        self._server = server
        self._moves = moves

    def waiting(self) -> list[str]:
        """The mails that nobody has flagged or deleted, the oldest first, by their UID."""
        return self._found("UNFLAGGED")

    def flagged(self) -> list[str]:
        """The mails that wait for a person."""
        return self._found("FLAGGED")

    def size(self, uid: str) -> int:
        """Bytes of a mail; 0 for one that has gone."""
        for each in self._asked("FETCH", uid, "(RFC822.SIZE)"):
            if match := _SIZE.search(each if isinstance(each, bytes) else b""):
                return int(match[1])
        return 0

    def read(self, uid: str) -> bytes:
        """A mail as it came; empty for one that has gone. It stays as unread as it was."""
        found = self._asked("FETCH", uid, "(BODY.PEEK[])")
        return next((bytes(each[1]) for each in found if isinstance(each, tuple)), b"")

    def flag(self, uid: str) -> None:
        """Mark a mail for a person, who sees a flag or a star."""
        self._asked("STORE", uid, "+FLAGS", r"(\Flagged)")

    def put(self, uid: str, folder: str) -> None:
        """Move a mail into a folder, which is made where there is none."""
        name = _quoted(folder)
        verb = "MOVE" if self._moves else "COPY"
        if _done(lambda: self._server.uid(verb, uid, name))[0] != "OK":
            _done(lambda: self._server.create(name))
            self._asked(verb, uid, name)
        if not self._moves:
            self._asked("STORE", uid, "+FLAGS", r"(\Deleted)")
            _done(self._server.expunge)

    def _found(self, which: str) -> list[str]:
        found = self._asked("SEARCH", which, "UNDELETED")
        return [each.decode() for each in (found[0] or b"").split() if each.isdigit()]

    def _asked(self, verb: str, *words: str) -> list[Any]:
        """What the server answers about mails named by UID."""
        given = (None, *words) if verb == "SEARCH" else words
        status, answer = _done(lambda: self._server.uid(verb, *given))  # type: ignore[arg-type]
        if status != "OK":
            raise Unopened(f"{verb}: {status}")
        return answer


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The folder at `imaps://user:password@host/FOLDER`, INBOX where none is named. By `imap://`
    the connection is secured before a password goes over it, except within this machine.

    Raises Unopened.
    """
    parts = urlsplit(url)
    server = _connected(parts)
    try:
        _sign_in(server, unquote(parts.username or ""), unquote(parts.password or ""))
        capabilities = _done(server.capability)[1]
        folder = unquote(parts.path.strip("/")) or "INBOX"
        status, _ = _done(lambda: server.select(_quoted(folder)))
        if status != "OK":
            raise Unopened(f"there is no folder {folder}")
        yield Mailbox(server, moves=b"MOVE" in (capabilities[0] or b"").upper().split())
    finally:
        with suppress(*_BROKEN):
            server.logout()


def _connected(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or ""
    try:
        if parts.scheme == "imaps":
            port = parts.port or _SECURED
            return imaplib.IMAP4_SSL(host, port, ssl_context=certificates(), timeout=SECONDS)
        server = imaplib.IMAP4(host, parts.port or _PLAIN, timeout=SECONDS)
        if host not in _HERE:
            server.starttls(ssl_context=certificates())
    except _BROKEN as error:
        raise Unopened(f"no connection: {type(error).__name__}") from error
    return server


def _sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    if (user + password).isascii():
        _done(lambda: server.login(user, password))
    else:  # LOGIN knows no other letters (RFC 3501, 6.2.3)
        shown = f"\0{user}\0{password}".encode()
        _done(lambda: server.authenticate("PLAIN", lambda _: shown))


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _done(step: Callable[[], tuple[str, T]]) -> tuple[str, T]:
    try:
        return step()
    except _BROKEN as error:
        raise Unopened(f"{type(error).__name__}: {error}"[:200]) from error
