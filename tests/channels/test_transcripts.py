"""Whole conversations over every channel in every language, as somebody has them.

`transcripts/<channel>-<language>.txt` holds what is typed (`> …`) and, below it, all that is said
to that. In brackets stands what is done: `(dial)`, `(speak)`, `(open LANGUAGE)`,
or how much time passes. `{1}` is the
number of the first report; `{link}` and `{pin}` are what differs from run to run. After a change of
words `NGOMA_TEST_WRITE=yes` writes the answers anew: read them.
"""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen
from ngoma.base.references import show
from ngoma.channels import floods
from ngoma.channels.mail.taking import take
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.notices.sending import outgoing
from ngoma.records.models import Notice, Report
from ngoma.work.worker import run_until_idle
from tests.channels.test_kakao import say as ask_kakao
from tests.channels.test_mail import mail
from tests.channels.test_messengers import telegram, whatsapp
from tests.channels.test_simple import Reader
from tests.channels.test_ussd import PACKS, Phone

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
LATER = {
    "an hour passes": timedelta(hours=1),
    "two days pass": timedelta(days=2),
}
START = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
CITIES = {"ko": "seoul"}
"""By language; every other is spoken in Kampala."""
NUMBERS = {"seoul": "+821012345678", "kampala": "+256772123456"}
FORM = "application/x-www-form-urlencoded"
HOOK = "/channels/africastalking/hidden-word"
Mouth = Callable[[str], str]


def ussd(city: str) -> Mouth:
    phone = Phone(city, NUMBERS[city])
    return lambda typed: phone.dial() if typed == "(dial)" else phone.press(typed)


def kakao(city: str) -> Mouth:
    def say(typed: str) -> str:
        told = ask_kakao(typed, city=city)["template"]
        keys = [each["label"] for each in told["quickReplies"]]
        return "\n".join([told["outputs"][0]["simpleText"]["text"], *(f"[{key}]" for key in keys)])

    return say


def call(city: str) -> Mouth:
    """What is heard; below it what the telephone waits for."""
    path = start = f"{HOOK}/voice/{city}/"
    calls = 0

    def step(typed: str) -> str:
        nonlocal path, calls
        form = {"callerNumber": NUMBERS[city], "isActive": "1"}
        if typed == "(dial)":
            path, calls = start, calls + 1
        elif typed == "(speak)":
            form["recordingUrl"] = "https://voice.africastalking.com/recordings/1.mp3"
        else:
            form["dtmfDigits"] = typed
        form["sessionId"] = f"call {calls}"
        answer = fromstring(Client().post(path, urlencode(form), content_type=FORM).content)
        waits = [part for part in answer if part.get("callbackUrl")]
        path = str(waits[0].get("callbackUrl")).partition("8000")[2] if waits else path
        heard = [part.text or "" for part in answer.iter("Say")]
        return "\n".join([*heard, *(f"[{part.tag}]" for part in waits)])

    return step


def _messages(post: Callable[[str, int], object]) -> Mouth:
    """What is said to a message by notices, in the order in which they are sent."""
    count = 0

    def say(typed: str) -> str:
        nonlocal count
        before, count = set(Notice.objects.values_list("pk", flat=True)), count + 1
        post(typed, count)
        run_until_idle()
        told = Notice.objects.exclude(pk__in=before).order_by("pk")
        return "\n--\n".join(_shown(each) for each in told)

    return say


def _shown(notice: Notice) -> str:
    message = outgoing(notice)
    return "\n".join([*filter(None, (message.subject,)), message.text])


def sms(city: str) -> Mouth:
    def post(typed: str, number: int) -> None:
        form = {"id": f"AT{number}", "from": NUMBERS[city], "text": typed}
        answer = Client().post(f"{HOOK}/sms/{city}/", urlencode(form), content_type=FORM)
        assert answer.status_code == 204

    return _messages(post)


def by_telegram(city: str) -> Mouth:
    return _messages(lambda typed, number: telegram(city=city, message_id=number, text=typed))


def by_whatsapp(city: str) -> Mouth:
    return _messages(
        lambda typed, number: whatsapp(city=city, id=f"wamid.{number}", text={"body": typed})
    )


def by_mail(city: str) -> Mouth:
    def post(typed: str, number: int) -> None:
        take(book.book(city), mail(typed, Message_ID=f"<{number}@example.org>", Subject=""))

    return _messages(post)


def simple(city: str) -> Mouth:
    """What the page shows, and its buttons. Those are pressed by their numbers; all else is
    written."""
    reader = Reader(f"/{city}/simple")

    def answer(typed: str) -> str:
        if typed.startswith("(open "):
            reader.open(f"/{city}/{typed[6:-1]}/simple")
        elif typed.isdecimal() and len(typed) == 1:
            reader.answer(choice=typed)
        else:
            reader.answer(words=typed)
        return "\n".join([reader.question, *(f"[{each}]" for each in reader.buttons)])

    return answer


MOUTHS = {
    "simple": simple,
    "ussd": ussd,
    "kakao": kakao,
    "call": call,
    "sms": sms,
    "telegram": by_telegram,
    "whatsapp": by_whatsapp,
    "mail": by_mail,
}


@pytest.fixture
def _open(db: None, settings: Settings) -> None:
    settings.NGOMA_SMS_HOOK, settings.NGOMA_KAKAO_HOOK = "hidden-word", "word"
    settings.NGOMA_TELEGRAM_SECRET, settings.NGOMA_WHATSAPP_SECRET = "known", "app"
    settings.NGOMA_MAIL_AUTHORITY = "mx.kampala.example"
    book.forget()
    floods.forget()


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_conversation_is_as_it_is_written(path: Path) -> None:
    channel, _dash, language = path.stem.partition("-")
    city = CITIES.get(language, "kampala")
    at = START
    with frozen(at):
        load(PACKS / city)
    mouth = MOUTHS[channel](city)
    written = path.read_text(encoding="utf-8")
    found = []
    for line in written.splitlines():
        if line.startswith("#"):
            found.append(line)
        if not line.startswith("> "):
            continue
        typed = line.removeprefix("> ")
        found.append(f"\n{line}")
        if pause := LATER.get(typed.strip("()")):
            at += pause
            continue
        with frozen(at):
            said = mouth(_filled(typed))
        found.append(_masked(said) if said else "(nothing)")
    told = "\n".join([*found, ""])
    if os.environ.get("NGOMA_TEST_WRITE"):
        path.write_text(told, encoding="utf-8")
    assert told == written


def test_every_channel_and_language_has_one() -> None:
    there = {path.stem for path in TRANSCRIPTS}
    kampala = {f"{each}-{tag}" for each in MOUTHS for tag in ("en", "lg", "sw")}
    seoul = {f"{each}-ko" for each in MOUTHS}
    assert there == (kampala | seoul) - {"kakao-en", "kakao-lg", "kakao-sw", "ussd-ko"}


def _filled(typed: str) -> str:
    for number, report in enumerate(Report.objects.order_by("pk"), 1):
        typed = typed.replace(f"{{{number}}}", show(report.reference))
    return typed


def _masked(said: str) -> str:
    for number, report in enumerate(Report.objects.order_by("pk"), 1):
        spelled = " ".join(report.reference)
        for each in (show(report.reference), report.reference, spelled):
            said = said.replace(each, f"{{{number}}}")
    said = re.sub(r"https?://\S+", "{link}", said)
    said = re.sub(r"PIN \d{4}", "PIN {pin}", said)
    return re.sub(r"P I N(?: \d){4}", "P I N {pin}", said)
