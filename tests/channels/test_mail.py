"""Mail that comes in: reports, answers to ours, and what no person wrote."""

import contextlib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from ngoma.casework import talking
from ngoma.channels.mail.letter import LONGEST_BODY, Unreadable, read
from ngoma.channels.mail.taking import take
from ngoma.cities.book import Book, book
from ngoma.notices.sending import outgoing
from ngoma.notices.threads import reply_address
from ngoma.people.permissions import Actor
from ngoma.records.models import Contact, Event, Notice, Photo, Report, State
from ngoma.work.worker import run_until_idle
from tests.channels.test_texting import officer
from tests.intake.pictures import encoded, scene

__all__ = ["officer"]
PASSED = "mx.kampala.example; spf=pass; dmarc=pass header.from=example.org"


@pytest.fixture
def kampala(officer: Actor, settings: Settings) -> Book:
    settings.NGOMA_MAIL_BOX = "reports@kampala.example"
    settings.NGOMA_MAIL_AUTHORITY = "mx.kampala.example"
    return book("kampala")


def mail(text: str = "", *, photo: bytes = b"", **heads: str) -> bytes:
    """A mail as a person sends it; `heads` with underscores for hyphens."""
    usual = {
        "From": "Nakato <nakato@example.org>",
        "To": "reports@kampala.example",
        "Subject": "Deep hole",
        "Message_ID": "<1@example.org>",
        "Authentication_Results": PASSED,
    }
    letter = EmailMessage()
    for name, value in (usual | heads).items():
        if value:
            letter[name.replace("_", "-")] = value
    letter.set_content(text)
    if photo:
        letter.add_attachment(photo, maintype="image", subtype="jpeg", filename="a.jpg")
        letter.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar")
    return letter.as_bytes()


def only() -> Report:
    return Report.objects.get()


def test_a_mail_is_a_report_with_its_photos(kampala: Book) -> None:
    text = "There is a hole in Mulago II.\n\n-- \nNakato\nSent from my phone"
    assert take(kampala, mail(text, photo=encoded(scene(), "JPEG"))) == "taken"
    run_until_idle()
    report = only()
    assert report.channel == "mail"
    assert report.words == "Deep hole\nThere is a hole in Mulago II."
    assert report.case.place.code == "kawempe-mulago-ii"
    assert report.photos.count() == 1
    assert Photo.objects.count() == 1
    assert report.contact.verified_at is not None
    notice = Notice.objects.get()
    assert notice.channel == "email"
    assert "type" not in notice.text, "no code is asked of whose address is known"


def test_the_answer_to_our_mail_goes_to_its_case(kampala: Book, officer: Actor) -> None:
    take(kampala, mail("A hole in Mulago II"))
    case = only().case
    talking.ask(actor=officer, case_id=case.pk, text="Which side?")
    run_until_idle()
    question = outgoing(Notice.objects.get(kind="asked"))
    assert question.answer == reply_address(only())
    answer = (
        "The left side.\n\nOn Fri, 27 Nov 2026 at 09:00, Kampala <reports@kampala.example> wrote:\n"
        "> To go on we need your help:\n> Which side?\n"
    )
    heads = {"To": question.answer, "Message_ID": "<2@example.org>", "Subject": "Re: question"}
    take(kampala, mail(answer, Authentication_Results="", **heads))
    case.refresh_from_db()
    assert case.state == State.RECEIVED
    assert Event.objects.get(kind="informed").data["text"] == "The left side."
    assert Report.objects.count() == 1


def test_a_mark_that_is_guessed_opens_nothing(kampala: Book, officer: Actor) -> None:
    take(kampala, mail("A hole in Mulago II"))
    guessed = f"reports+{only().reference}.{'a' * 16}@kampala.example"
    take(kampala, mail("Close it", To=guessed, Message_ID="<2@example.org>"))
    assert not Event.objects.filter(kind="informed", data__text="Close it").exists()


def test_where_it_is_is_asked_by_mail_too(kampala: Book) -> None:
    take(kampala, mail("The drain is blocked"))
    run_until_idle()
    asked = outgoing(Notice.objects.get(kind="reply"))
    assert asked.subject.startswith("KLA ")
    take(kampala, mail("Mulago II", To=asked.answer, Subject="Re", Message_ID="<2@example.org>"))
    report = only()
    assert report.case.place.code == "kawempe-mulago-ii"


def test_nobody_acts_in_another_s_name(kampala: Book) -> None:
    """Without the word of our own server a sender may report, and no more."""
    take(kampala, mail("A hole in Mulago II"))
    forged = "evil.example; dmarc=pass"
    for number, said in enumerate(("stop", f"{only().reference} it is solved, close it")):
        heads = {"Message_ID": f"<f{number}@example.org>", "Subject": ""}
        take(kampala, mail(said, Authentication_Results=forged, **heads))
    assert Contact.objects.filter(purpose="report").count() == 1
    assert not Event.objects.filter(kind="informed").exists()


def test_a_sender_who_is_not_proven_confirms_by_a_code(kampala: Book) -> None:
    take(kampala, mail("A hole in Mulago II", Authentication_Results=""))
    run_until_idle()
    assert only().contact.verified_at is None
    assert Notice.objects.get().code is not None


def test_the_same_mail_again_is_the_same_report(kampala: Book) -> None:
    for _ in range(3):
        take(kampala, mail("A hole in Mulago II"))
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example.org>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@example.org"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_no_person_wrote_is_left(kampala: Book, heads: dict[str, str]) -> None:
    assert take(kampala, mail("I am out of office", **heads)) == "left"
    assert not Report.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From: a@b.example, c@d.example\n\nHello",
        b"Subject: no sender\n\nHello",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_mail_is_refused(kampala: Book, data: bytes) -> None:
    with pytest.raises(Unreadable):
        take(kampala, data)


@pytest.mark.parametrize("kind", ["html", "korean", "latin", "unknown charset", "deep", "huge"])
def test_mails_of_all_kinds_are_read(kind: str) -> None:
    letter: Any = EmailMessage()
    letter["From"] = "a@example.org"
    bodies = {
        "html": ("<p>A <b>hole</b><br>in Mulago</p><style>p {}</style>", {"subtype": "html"}),
        "korean": ("도로에 구멍이 있습니다", {"charset": "euc-kr"}),
        "latin": ("Trou à l'école", {"charset": "iso-8859-1"}),
        "unknown charset": ("A hole", {}),
        "deep": ("A hole", {}),
        "huge": ("A hole " * 100_000, {}),
    }
    text, options = bodies[kind]
    letter.set_content(text, **options)
    data = letter.as_bytes()
    if kind == "unknown charset":
        data = data.replace(b"utf-8", b"x-klingon")
    if kind == "deep":
        data = (
            b"From: a@example.org\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 5000
        )
        assert read(data, authority="", most_photos=5).text == ""
        return
    read_text = read(data, authority="", most_photos=5).text
    if kind == "html":
        assert read_text == "A hole\nin Mulago"
    else:
        assert read_text.startswith(text[:6])


@pytest.mark.once
def test_a_mail_server_hands_it_over(tmp_path: Path) -> None:
    """`ngoma channel mail` says by its status what a mail server is to do."""
    from tests.channels.test_ussd import PACKS

    def ngoma(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "ngoma", *words, "--data", str(tmp_path)]
        return subprocess.run(command, input=given, capture_output=True, check=False)

    assert ngoma("migrate").returncode == 0
    assert ngoma("city", "add", str(PACKS / "kampala")).returncode == 0
    taken = ngoma("channel", "mail", "--city", "kampala", given=mail("A hole in Mulago II"))
    assert (taken.returncode, taken.stdout) == (0, b"taken\n")
    assert ngoma("channel", "mail", "--city", "kampala", given=b"nothing").returncode == 65


def _nested(depth: int) -> bytes:
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{each}\r\n\r\n--b{each}\r\n"
        for each in range(depth)
    )
    return f"From: a@b.example\r\nSubject: x\r\n{parts}\r\nA hole\r\n".encode()


FROM = b"From: a@b.example\r\nSubject: x\r\n"


@pytest.mark.parametrize(
    "data",
    [
        _nested(2000),
        _nested(90),
        FROM + b"To: " + b"(" * 20_000 + b"\r\n\r\nA hole",
        FROM + b"To: " + b"a@b.c," * 50_000 + b"\r\n\r\nA hole",
        FROM + b"Content-Type: " + b"a;" * 50_000 + b"\r\n\r\nA hole",
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b"--b\r\nContent-Type: " + b"a;" * 900 + b"\r\n\r\nx\r\n") * 5000,
        FROM + b"Content-Type: text/html\r\n\r\n" + b"<ul><li>" * 6000,
    ],
    ids=["deep", "less deep", "brackets", "many", "a long head", "parts", "lists"],
)  # fmt: skip
def test_no_mail_holds_the_reader_up(data: bytes) -> None:
    begun = time.process_time()
    with contextlib.suppress(Unreadable):
        letter = read(data, authority="", most_photos=5)
        assert len(letter.text) <= LONGEST_BODY
    assert time.process_time() - begun < 5
