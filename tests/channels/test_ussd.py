"""Africa's Talking's USSD: a report by keys, at once, or after a break; none twice, none forged."""

import itertools
import random
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.channels import floods
from ngoma.channels.dialogue import engine, talks
from ngoma.channels.dialogue.script import script
from ngoma.channels.dialogue.walking import screens, too_long
from ngoma.channels.ussd import fits
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.notices import sms
from ngoma.records.models import Case, Contact, Report, Talk
from ngoma.work.worker import run_until_idle

PACKS = Path(__file__).resolve().parents[2] / "src" / "ngoma" / "packs"
HOOK = "/channels/africastalking/hidden-word/ussd/{}/"
NUMBER = "+256772123456"
FORM = "application/x-www-form-urlencoded"
_CALLS = itertools.count()
SHIPPED = ("kampala", "seoul", "demo")


@pytest.fixture
def kampala(db: None, settings: Settings) -> str:
    settings.NGOMA_SMS_HOOK = "hidden-word"
    book.forget()
    floods.forget()
    load(PACKS / "kampala")
    return "kampala"


class Phone:
    """A phone that dials; `text` grows as the gateway lets it grow."""

    def __init__(self, city: str, number: str = NUMBER) -> None:
        self.city, self.number = city, number
        self.call, self.text = "", ""
        self.client = Client()

    def dial(self, text: str = "") -> str:
        """A new call."""
        self.call, self.text = f"call {next(_CALLS)}", text
        return self.ask()

    def press(self, answer: str) -> str:
        """The next answer of the call."""
        self.text = f"{self.text}*{answer}" if self.text else answer
        return self.ask()

    def ask(self) -> str:
        """What the gateway posts, and is answered."""
        form = {
            "sessionId": self.call,
            "phoneNumber": self.number,
            "serviceCode": "*284#",
            "networkCode": "64110",
            "text": self.text,
        }
        answer = self.client.post(HOOK.format(self.city), urlencode(form), content_type=FORM)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain")
        said = answer.content.decode()
        assert fits(said[4:])
        return said


def test_a_pothole_by_keys_in_luganda(kampala: str) -> None:
    phone = Phone(kampala)
    assert phone.dial().startswith("CON Kampala: tell the city\n1 Report a problem\n")
    assert phone.press("3") == "CON Language\n1 English\n2 Luganda\n3 Kiswahili"
    assert phone.press("2").startswith("CON Kampala: buulira ekibuga\n1 Loopa ekizibu\n")
    assert phone.press("1").startswith("CON Kizibu ki?\n1 Ekinnya mu luguudo\n")
    assert phone.press("1").startswith("CON Wa? ")
    assert phone.press("mulago") == (
        "CON Ki ku bino?\n1 Mulago I, Kawempe\n2 Mulago II, Kawempe\n"
        "3 Mulago III, Kawempe\n4 Tekuli"
    )
    assert phone.press("2") == "CON Yongerako mu bigambo byo, oba sindika.\n1 Sindika"
    end = phone.press("Kinene nnyo, ku katale")
    report = Report.objects.get()
    assert end.startswith("END Weebale. Ennamba yo: KLA ")
    assert "Okuddamu: " in end
    assert report.channel == "ussd"
    assert report.language == "lg"
    assert report.words == "Kinene nnyo, ku katale"
    assert report.location == "mulago"
    assert report.place.code == "kawempe-mulago-ii"
    assert report.service.code == "pothole"
    assert report.contact.verified_at is not None
    assert report.contact.language == "lg"
    run_until_idle()
    notice = report.notices.get()
    assert (notice.channel, notice.language) == ("sms", "lg")
    assert "Koodi" not in notice.text, "the network has shown whose number it is"


def test_a_string_dialled_at_once_is_a_report(kampala: str) -> None:
    assert Phone(kampala).dial("1*2*Mulago II*1").startswith("END Thank you. Your number: KLA ")
    report = Report.objects.get()
    assert (report.service.code, report.words) == ("rubbish", "")


def test_what_makes_no_sense_is_asked_again(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial()
    for nonsense in ("9", "0", "", "hello", "1.5", "-1"):
        said = phone.press(nonsense)
        assert said.startswith("CON Reply with one of the numbers.\nKampala: tell the city\n")
    assert phone.press("1").startswith("CON What is it?")


def test_a_star_in_an_answer_is_part_of_it(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial()
    for answer in ("1", "5", "a*b*c", "Mulago II"):
        said = phone.press(answer)
    assert said.startswith("END")
    assert Report.objects.get().words == "a*b*c"


def test_the_same_again_changes_nothing(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial()
    for answer in ("1", "1", "Mulago II", "1"):
        first = phone.press(answer)
        assert phone.ask() == first
    assert first.startswith("END")
    phone.text = "1*1"
    assert phone.ask() == first, "and what comes late changes nothing either"
    assert Report.objects.count() == 1


@pytest.mark.parametrize("kept", range(1, 7))
def test_a_call_that_broke_off_goes_on_in_the_next(kampala: str, kept: int) -> None:
    answers = ["3", "3", "1", "1", "mulago", "2", "1"]
    phone = Phone(kampala)
    phone.dial()
    for answer in answers[:kept]:
        before = phone.press(answer)
    again = phone.dial()
    if before.startswith("CON Kampala"):  # nothing had been told yet
        assert again.startswith("CON Kampala")
        return
    asked = {
        "CON Hukumaliza.\n1 Endelea\n2 Anza upya",
        "CON You had not finished.\n1 Go on\n2 Begin anew",
    }
    assert again in asked
    assert phone.press("1") == before
    for answer in answers[kept:]:
        end = phone.press(answer)
    assert end.startswith("END Asante. Namba yako: KLA ")
    report = Report.objects.get()
    assert (report.language, report.place.code) == ("sw", "kawempe-mulago-ii")
    assert phone.dial().startswith("CON Kampala"), "what is done is not asked about again"


def test_somebody_may_begin_anew(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial()
    for answer in ("1", "1", "Mulago II"):
        phone.press(answer)
    phone.dial()
    assert phone.press("2").startswith("CON Kampala")
    assert phone.press("2").startswith("CON Write the number")


def test_after_a_day_nothing_is_known(kampala: str) -> None:
    with frozen(now() - timedelta(hours=25)):
        phone = Phone(kampala)
        phone.dial()
        phone.press("1")
    assert phone.dial().startswith("CON Kampala")
    with frozen(now() + timedelta(hours=25)):
        assert talks.forget_old() == 1
    assert not Talk.objects.exists()


def test_one_asks_how_a_report_goes_with_its_number_alone(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial("1*1*Mulago II*1")
    reference = Report.objects.get().reference
    for typed in (
        reference,
        reference[3:].lower(),
        f"{reference[:3]} {reference[3:6]}-{reference[6:]}",
    ):
        said = phone.dial(f"2*{typed}")
        assert said.startswith(f"END KLA {reference[3:6]} {reference[6:]}: received, not yet")
    assert phone.dial("2*nonsense").startswith("END We know no report with this number.")


def test_where_there_is_danger_somebody_is_told_whom_to_call(kampala: str) -> None:
    said = Phone(kampala).dial("1*5*A live wire is on the ground*Mulago II")
    assert said.startswith("END KLA ")
    assert said.endswith("received. Is anybody in danger? Call 999 now.")


def test_a_flood_is_slowed_but_never_a_danger(kampala: str) -> None:
    phone = Phone(kampala)
    for _ in range(floods.MOST):
        assert phone.dial("1*1*Mulago II*1").startswith("END Thank you.")
    assert phone.dial("1*1*Mulago II*1").startswith("END You sent very many messages.")
    assert "Call 999 now" in phone.dial("1*5*A live wire is on the ground*Mulago II")
    assert Report.objects.count() == floods.MOST + 1


def test_a_conversation_that_was_changed_meanwhile_begins_anew(kampala: str) -> None:
    phone = Phone(kampala)
    phone.dial()
    phone.press("1")
    talk = Talk.objects.get()
    talk.state = {"step": "gone", "language": "en"}
    talk.save()
    assert phone.press("1").startswith("CON Where?"), "taken through all that was pressed"


@pytest.mark.parametrize("number", ["", "anonymous", "12"])
def test_who_hides_the_number_is_heard_too(kampala: str, number: str) -> None:
    assert Phone(kampala, number).dial("1*1*Mulago II*1").startswith("END Thank you.")
    assert Report.objects.get().contact is None


def test_no_number_stands_in_the_tables(kampala: str) -> None:
    Phone(kampala).dial("1*1*Mulago II")
    for row in Talk.objects.values():
        assert "772123456" not in str(row)
    assert not Contact.objects.exists(), "until something is handed in"


@pytest.mark.parametrize(
    ("hook", "status"),
    [
        ("/channels/africastalking/another-word/ussd/kampala/", 403),
        ("/channels/africastalking/hidden-word/ussd/nowhere/", 404),
    ],
)
def test_who_does_not_know_the_address_is_refused(kampala: str, hook: str, status: int) -> None:
    form = urlencode({"sessionId": "1", "phoneNumber": NUMBER, "text": "1*1*Mulago II*1"})
    assert Client().post(hook, form, content_type=FORM).status_code == status
    assert not Talk.objects.exists()
    assert not Case.objects.exists()


def test_a_call_without_a_name_is_refused(kampala: str) -> None:
    answer = Client().post(HOOK.format(kampala), "text=1", content_type=FORM)
    assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("city", SHIPPED)
def test_every_screen_of_a_shipped_city_fits_and_is_in_its_language(city: str) -> None:
    book.forget()
    load(PACKS / city)
    found = script(book.book(city))
    if found is None:
        assert city == "demo"
        return
    assert not too_long(found, fits)
    assert {each.language for each in screens(found)} == set(found.book.languages)


def test_a_screen_that_is_too_long_is_found() -> None:
    assert fits("x" * 182)
    assert not fits("x" * 183)
    assert fits("ŋ" + "x" * 79)
    assert not fits("ŋ" + "x" * 80)
    assert sms.size("{}") == 4


@pytest.mark.once
@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_pressed_there_is_an_answer(kampala: str, seed: int) -> None:
    """Random walks: every answer fits, in time, and no call hands in two reports."""
    draw = random.Random(seed)
    said = [
        "1",
        "2",
        "3",
        "4",
        "5",
        "9",
        "",
        "mulago",
        "Kisenyi",
        "x" * 200,
        "🕳️",
        "ŋŋŋ",
        "*#",
        "KLA",
    ]
    phone = Phone(kampala, f"+2567721{seed:05}")
    for _call in range(10):
        before = Report.objects.count()
        answer = phone.dial("*".join(draw.choices(said, k=draw.randrange(4))))
        for _turn in range(12):
            assert answer[:4] in ("CON ", "END ")
            if answer.startswith("END"):
                break
            answer = phone.press(draw.choice(said))
            if draw.random() < 0.2:
                assert phone.ask() == answer
        assert Report.objects.count() <= before + 1


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("city", ["kampala", "seoul"])
def test_every_way_through_a_conversation_has_answers(city: str) -> None:
    """5,000 walks of each shipped city, in all its languages, with answers of every kind."""
    book.forget()
    load(PACKS / city)
    found = script(book.book(city))
    assert found is not None
    draw = random.Random(city)
    typed = ["1", "2", "3", "4", "5", "0", "", "mulago", "역삼동", "x" * 400, "🕳️", "\0", "7F3 K29"]
    seen = set()
    for _walk in range(5000):
        state = engine.begin(found, draw.choice(found.book.languages))
        for _turn in range(12):
            if draw.random() < 0.05:
                state = engine.resume(state)
            assert fits(engine.screen(found, state))
            following = engine.hear(found, state, draw.choice(typed))
            state = following or state
            seen.add((state.step, state.language))
            if engine.does(found, state):
                break
    assert {step for step, _ in seen} == set(found.steps)
    assert {language for _, language in seen} == set(found.book.languages)
