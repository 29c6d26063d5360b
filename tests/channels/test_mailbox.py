"""Mail fetched from a real IMAP server (pymap): taken once, moved then, and nothing lost."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from bench.serving import free_port
from django.db import OperationalError
from pytest_django import Settings

from ngoma.channels.mail import fetching
from ngoma.channels.mail.mailbox import Mailbox, opened
from ngoma.cities.book import Book
from ngoma.doctor import others
from ngoma.records.models import Event, Job, Report
from ngoma.work.worker import run_until_idle
from tests.channels.test_mail import kampala, mail
from tests.channels.test_texting import officer

__all__ = ["kampala", "officer"]
USER, PASSWORD = "reports@kampala.example", 'p@ss w/"rd'
Server = imaplib.IMAP4


@contextmanager
def serving(password: str) -> Iterator[int]:
    """The port of a running IMAP server."""
    number = free_port()
    where = ["--host", "127.0.0.1", "--port", str(number), "--no-tls"]
    who = ["--demo-user", USER, "--demo-password", password]
    run = "from pymap.main import main; main()"
    server = subprocess.Popen([sys.executable, "-c", run, *where, "dict", *who])
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            break
        except OSError:
            time.sleep(0.02)
    try:
        yield number
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of one for all tests here."""
    with serving(PASSWORD) as number:
        yield number


@pytest.fixture
def box(port: int, kampala: Book, settings: Settings) -> Iterator[Server]:
    """The empty mailbox, as somebody with a mail program has it open."""
    named = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
    settings.NGOMA_IMAP_URL = f"imap://{named}@127.0.0.1:{port}/"
    settings.NGOMA_IMAP_CITY, settings.NGOMA_IMAP_DONE = "kampala", 'Do"ne'
    with imaplib.IMAP4("127.0.0.1", port, timeout=20) as server:
        server.login(USER, PASSWORD)
        server.create('"Do\\"ne"')
        for folder in ('"Do\\"ne"', "INBOX"):
            server.select(folder)
            server.store("1:*", "+FLAGS", r"(\Deleted)")
            server.expunge()
        yield server


def put(box: Server, *mails: bytes) -> None:
    """Mails arrive."""
    for each in mails:
        box.append("INBOX", "", "", each.replace(b"\n", b"\r\n"))


def look(box: Server) -> tuple[int, int, int]:
    """The clock looks; how many mails wait, are flagged for a person, and were put away."""
    fetching.watch()
    run_until_idle()
    box.select("INBOX")
    counts = [len(box.search(None, what)[1][0].split()) for what in ("UNFLAGGED", "FLAGGED")]
    box.select('"Do\\"ne"')
    return counts[0], counts[1], len(box.search(None, "ALL")[1][0].split())


def test_what_waits_is_taken_once_and_put_away(box: Server) -> None:
    first = mail("A hole in Mulago II")
    second = mail("A lamp is out in Mulago II", Message_ID="<2@example.org>", Subject="Lamp")
    put(box, first, second, mail("I am away", Message_ID="<3@example.org>", Auto_Submitted="auto"))
    assert look(box) == (0, 0, 3)
    assert Report.objects.count() == 2
    put(box, first)
    assert look(box) == (0, 0, 4)
    assert Report.objects.count() == 2
    assert not Job.objects.exclude(error="").exists()


def test_a_crash_between_taking_and_moving_takes_nothing_twice(
    box: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, mail("The drain is blocked"))
    put(box, mail("Mulago II", Message_ID="<2@example.org>", Subject=""))
    moved = fetching.Mailbox.put

    def broken(self: Any, uid: str, folder: str) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(fetching.Mailbox, "put", broken)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            fetching.fetch()
    monkeypatch.setattr(fetching.Mailbox, "put", moved)
    assert look(box) == (0, 0, 2)
    assert Report.objects.count() == 1
    assert Event.objects.filter(kind="informed").count() == 1


def test_what_nobody_can_read_is_flagged_and_holds_nothing_up(
    box: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 5000)
    huge = mail("x" * 6000, Message_ID="<9@example.org>")
    put(box, b"no mail at all\n", huge, mail("A hole in Mulago II"))
    assert [each.says for each in others.mailbox()] == ["mail can be fetched"]
    assert look(box) == (0, 2, 1)
    assert [each.says for each in others.mailbox()] == ["2 flagged that could not be taken"]
    assert Report.objects.count() == 1
    assert look(box) == (0, 2, 1), "a flagged one is left to a person"


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let whatever is taken fail so."""

    def take(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(fetching.taking, "take", take)


def test_a_mail_that_makes_the_program_fail_is_flagged(
    box: Server, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    put(box, mail("A hole in Mulago II"))
    failing(monkeypatch, ZeroDivisionError("for nakato@example.org"))
    assert look(box) == (0, 1, 0)
    assert "nakato@" not in capsys.readouterr().err


def test_while_the_database_is_away_all_waits(box: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, mail("A hole in Mulago II"))
    with monkeypatch.context() as broken:
        failing(broken, OperationalError("no connection"))
        with pytest.raises(OperationalError):
            fetching.fetch()
    assert look(box) == (0, 0, 1)
    assert Report.objects.count() == 1


def test_a_server_that_cannot_move_copies(box: Server) -> None:
    put(box, mail("A hole in Mulago II"), mail("Another", Message_ID="<2@example.org>"))
    box.select("INBOX")
    mailbox = Mailbox(box, moves=False)
    mailbox.put(mailbox.waiting()[0], 'Do"ne')
    assert len(mailbox.waiting()) == 1
    box.select('"Do\\"ne"')
    assert len(mailbox.waiting()) == 1


@pytest.mark.once
def test_a_password_may_be_of_any_letters() -> None:
    with serving("ssebo, ŋŋamba") as number:
        address = f"{quote(USER, safe='')}:{quote('ssebo, ŋŋamba')}@127.0.0.1:{number}"
        with opened(f"imap://{address}") as mailbox:
            assert mailbox.waiting() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NGOMA_IMAP_CITY", "nowhere"),
        ("NGOMA_IMAP_URL", "imap://reports:wrong@127.0.0.1:{port}/"),
        ("NGOMA_IMAP_URL", "imap://reports:wrong@127.0.0.1:1/"),
        ("NGOMA_IMAP_URL", "imaps://reports:wrong@127.0.0.1:{port}/"),
        ("NGOMA_IMAP_URL", ""),
    ],
)
def test_a_mailbox_that_cannot_be_opened_fails_no_job(
    box: Server, port: int, settings: Settings, capsys: Any, name: str, value: str
) -> None:
    put(box, mail("A hole in Mulago II"))
    setattr(settings, name, value.format(port=port))
    assert look(box) == (1, 0, 0)
    assert not Job.objects.exists()
    told = capsys.readouterr()
    found = list(others.mailbox())
    assert [each.how for each in found] == (["ill"] if value else [])
    assert "wrong" not in told.out + told.err + str(found)
