"""A mail without what it answers to, in the ways in which programs of mail quote."""

import time

import pytest

from ngoma.channels.mail.quoting import own_words

GMAIL = "On Fri, 27 Nov 2026 at 09:00, Kampala <r@kampala.example> wrote:"
KOREAN = "2026년 11월 27일 (금) 오전 9:00, 서울시 <r@seoul.example>님이 작성:"
BETWEEN = f"{GMAIL}\n> Which side?\n\nThe left one.\n> How deep?\nTo the knee."
LIST = "Three things are wrong:\n- the hole\n- the drain"
FROM = "From: Mulago to Wandegeya\nthe road is closed"
BROKEN = "On Fri, 27 Nov 2026 at 09:00, Kampala City\n<r@kampala.example> wrote:"


@pytest.mark.parametrize(
    ("mail", "own"),
    [
        ("A hole.\nIt is deep.", "A hole.\nIt is deep."),
        (f"Left.\n\n{GMAIL}\n\n> Which side?\n> \n> Kampala\n", "Left."),
        (f"Left.\n\n{BROKEN}\n> Which side?\n", "Left."),
        (f"왼쪽입니다.\n\n{KOREAN}\n> 어느 쪽입니까?", "왼쪽입니다."),
        (BETWEEN, "The left one.\nTo the knee."),
        ("Left.\n-- \nNakato\nTel. 0772", "Left."),
        ("Left.\n\nSent from my phone", "Left."),
        ("왼쪽\n\n나의 iPhone에서 보냄", "왼쪽"),
        ("Left.\n-----Original Message-----\nFrom: Kampala\nWhich side?", "Left."),
        ("Left.\n________________________________\nFrom: Kampala\nWhich side?", "Left."),
        ("Links.\n\nVon: Stadt <a@b.example>\nGesendet: Freitag\nAn: Nakato\n\nSeite?", "Links."),
        (LIST, LIST),
        (FROM, FROM),
        ("> only what was said", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_written(mail: str, own: str) -> None:
    assert own_words(mail) == own


@pytest.mark.parametrize(
    "mail",
    ["On " * 20_000, "On x\n" * 10_000, "> \n" * 20_000, "a: b@\n" * 10_000, "-" * 50_000 + "!"],
)
def test_no_mail_takes_long(mail: str) -> None:
    started = time.process_time()
    own_words(mail)
    assert time.process_time() - started < 2
