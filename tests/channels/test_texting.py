"""Text messages that come in: a report each, and what is said back; nothing twice, none forged."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base import references
from ngoma.casework import deciding, talking, working
from ngoma.channels import floods
from ngoma.channels.messages import saying
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.notices import sms
from ngoma.people import vault
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Case, Contact, Event, Membership, Notice, Report, State, User
from ngoma.work.worker import run_until_idle
from tests.channels.test_ussd import PACKS

FORM = "application/x-www-form-urlencoded"
HOOK = "/channels/africastalking/hidden-word/sms/kampala/"
NUMBER = "+256772123456"
Text = Callable[..., list[str]]


@pytest.fixture
def officer(db: None, settings: Settings) -> Actor:
    """Kampala, and somebody who works there."""
    settings.NGOMA_SMS_HOOK = "hidden-word"
    book.forget()
    floods.forget()
    city = load(PACKS / "kampala")
    user = User.objects.create_user("officer")
    Membership.objects.create(user=user, city=city, role="coordinator")
    return staff(user)


def post(text: str, name: str, number: str = NUMBER) -> int:
    form = {"id": name, "from": number, "to": "284", "text": text, "date": "2026-11-27 09:00:00"}
    return Client().post(HOOK, urlencode(form), content_type=FORM).status_code


@pytest.fixture
def text(officer: Actor) -> Text:
    """Sends a message; what the number is told by then, each in one SMS or two."""
    names = count()

    def text(said: str, *, number: str = NUMBER) -> list[str]:
        before = set(Notice.objects.values_list("pk", flat=True))
        assert post(said, f"ATXid_{next(names)}", number) == 204
        run_until_idle()
        told = [each.text for each in Notice.objects.exclude(pk__in=before).order_by("pk")]
        assert all(sms.segments(each) <= 2 for each in told)
        return told

    return text


def only() -> Report:
    return Report.objects.get()


def test_a_message_with_its_place_is_a_report(text: Text) -> None:
    (told,) = text("Big pothole on the road in Mulago II near the market")
    report = only()
    assert (report.channel, report.language) == ("sms", "en")
    assert report.case.place.code == "kawempe-mulago-ii"
    assert told.startswith("Kampala: KLA ")
    assert "received. Answer by" in told
    assert "Code" not in told


def test_where_no_place_was_said_it_is_asked_and_learned(text: Text) -> None:
    told = text("The drain is blocked and water comes into our houses")
    assert told[0] == "Where is it? Reply with the village, or something near it."
    assert told[1].startswith("Kampala: KLA ")
    case = only().case
    assert case.place_id is None
    (asked,) = text("mulago")
    assert asked.startswith("Which of these? 1 Mulago I, Kawempe 2 Mulago II, Kawempe 3 Mulago III")
    assert text("2") == []
    case.refresh_from_db()
    assert case.place.code == "kawempe-mulago-ii"
    assert Report.objects.count() == 1
    event = Event.objects.get(case=case, kind="informed")
    assert event.data["text"] == "mulago"
    assert only().place.code == "kawempe-mulago-ii"
    assert text("Another matter: no water in Mulago I")
    assert Report.objects.count() == 2


def test_another_problem_is_not_taken_for_the_answer(text: Text) -> None:
    text("The drain is blocked")
    text("A live wire is down at the school")
    assert Report.objects.count() == 2, "a danger least of all"
    text("And the rubbish in our street has not been taken away for more than three weeks now")
    assert Report.objects.count() == 3
    assert not Event.objects.filter(kind="informed").exists()


def test_once_it_is_known_where_it_is_compared_with_what_is_near(text: Text) -> None:
    text("The drain is blocked in Mulago II", number="+256772999999")
    first = only().case
    text("The drain is blocked and smells")
    report = Report.objects.latest("pk")
    assert report.proposals.latest("pk").duplicates == []
    text("Mulago II")
    assert report.proposals.count() == 2
    assert [each["case"] for each in report.proposals.latest("pk").duplicates] == [first.pk]


def test_a_place_that_nobody_knows_stays_words(text: Text) -> None:
    text("The street light is out")
    assert text("behind the blue kiosk") == []
    assert only().case.place_id is None
    assert Event.objects.get(kind="informed").data["text"] == "behind the blue kiosk"


def test_luganda_is_answered_in_luganda(text: Text) -> None:
    told = text("Kasasiro tatwalibwa mu kyalo kyaffe wiiki bbiri")
    assert told[0] == "Kiri wa? Ddamu n'ekyalo, oba ekifo ekiri okumpi."
    assert "tugifunye" in told[1]


def test_the_same_message_again_is_the_same_report(officer: Actor) -> None:
    for _ in range(3):
        assert post("A hole in Mulago II", "ATXid_1") == 204
    assert Report.objects.count() == 1
    for _ in range(2):
        assert post("The street light is out", "ATXid_2") == 204
        assert post("Mulago II", "ATXid_3") == 204
        assert post("A hole in Mulago II", "ATXid_1") == 204
    assert Report.objects.count() == 2
    assert Event.objects.filter(kind="informed").count() == 1


def test_the_number_alone_asks_how_it_goes(text: Text, officer: Actor) -> None:
    text("A hole in Mulago II")
    reference = _renumbered(digits=True)
    (told,) = text(f"{reference[:3]} {reference[3:6]} {reference[6:]}")
    assert told.startswith(
        f"KLA {reference[3:6]} {reference[6:]}: received, not yet decided. Answer by"
    )
    deciding.accept(actor=officer, case_id=only().case_id, service_id=_service("pothole"))
    run_until_idle()
    assert ": accepted. By " in text(reference[3:].lower())[0]
    assert Report.objects.count() == 1


def test_a_number_need_not_have_a_digit(text: Text) -> None:
    text("A hole in Mulago II")
    lettered = _renumbered(digits=False)
    assert text(lettered)[0].startswith(f"{references.show(lettered)}: received")


def _renumbered(*, digits: bool) -> str:
    """Gives the only report the first reference that has a digit, or has none. Its own may be any:
    PostgreSQL goes on counting from test to test."""
    made = (references.make("KLA", number) for number in count())
    reference = next(each for each in made if each.isalpha() is not digits)
    Report.objects.update(reference=reference)
    Case.objects.update(reference=reference)
    return reference


def test_of_a_private_report_its_reporter_alone_is_told(text: Text, officer: Actor) -> None:
    text("A policeman at Mulago II asked me for a bribe")
    report = only()
    deciding.accept(actor=officer, case_id=report.case_id, service_id=_service("corruption"))
    run_until_idle()
    assert "accepted" in text(report.reference)[0]
    (told,) = text(report.reference, number="+256772999999")
    assert told.startswith("This report is private.")


def test_stop_forgets_who_only_follows(text: Text) -> None:
    city = book.book("kampala")
    address = vault.normalise(phone=NUMBER)
    assert address is not None
    vault.keep(city.id, address, language="en", purpose="follow")
    text("stop")
    assert [each.purpose for each in Contact.objects.all()] == ["reply"]


def test_more_words_after_the_number_are_added_by_its_reporter_alone(text: Text) -> None:
    text("A hole in Mulago II")
    reference = only().reference
    assert text(f"{reference} it is deeper now") == []
    assert Event.objects.get(kind="informed").data["text"] == "it is deeper now"
    told = text(f"{reference} I see it too", number="+256772999999")
    assert "others told us too" in told[0]
    assert Case.objects.count() == 1
    assert Report.objects.count() == 2


def test_an_answer_to_a_question_goes_to_its_case(text: Text, officer: Actor) -> None:
    text("A hole in Mulago II")
    case = only().case
    talking.ask(actor=officer, case_id=case.pk, text="Which side of the road?")
    run_until_idle()
    text("The left side, coming from town")
    case.refresh_from_db()
    assert case.state == State.RECEIVED
    assert Event.objects.get(kind="informed").data["text"] == "The left side, coming from town"
    assert Report.objects.count() == 1


def test_what_is_said_about_a_closed_report_is_a_new_one(text: Text, officer: Actor) -> None:
    text("A hole in Mulago II")
    first = only()
    deciding.reject(actor=officer, case_id=first.case_id, reason=_reason())
    run_until_idle()
    assert text(f"{first.reference} it is still there, in Mulago II")
    assert Report.objects.count() == 2


@pytest.mark.parametrize("word", ["STOP", "stop.", "Komya", "acha"])
def test_stop_forgets_the_number(text: Text, word: str) -> None:
    text("A hole in Mulago II")
    (told,) = text(word)
    assert told.startswith(("You get no more", "Tojja", "Hutapata"))
    assert only().contact is None
    assert Event.objects.get(kind="forgotten").data == {"reference": only().reference}
    assert [each.purpose for each in Contact.objects.all()] == ["reply"]
    assert text("HELP")[0].startswith("Kampala: ")


@pytest.mark.parametrize("said", ["help", "Hi", "Nnyamba", "msaada", "start", "???", "..."])
def test_help_says_how(text: Text, said: str) -> None:
    (told,) = text(said)
    assert "999" in told
    assert not Report.objects.exists()
    lasts = Contact.objects.get().expires_at - Contact.objects.get().created_at
    assert lasts == saying.REPLIES_LAST


def test_danger_is_answered_at_once_with_whom_to_call(text: Text) -> None:
    told = text("A live wire is down, children are near it")
    assert told[0].endswith("received. Is anybody in danger? Call 999 now.")
    assert told[1].startswith("Where is it?")


def test_a_flood_is_slowed_but_never_a_danger(text: Text, settings: Settings) -> None:
    for number in range(floods.MOST):
        text(f"Rubbish heap number {number} in Mulago II")
    assert Report.objects.count() == floods.MOST
    (told,) = text("Rubbish again in Mulago II")
    assert told.startswith("You sent very many messages.")
    assert text("Rubbish again in Mulago II") == [], "that is said once"
    text("A live wire is down in Mulago II")
    assert Report.objects.count() == floods.MOST + 1
    assert text("A hole in Mulago II", number="+256772999999"), "others are heard"


@pytest.mark.parametrize("sender", ["KCCA", "12", "MTN Promo"])
def test_a_sender_that_is_no_telephone_is_left_alone(officer: Actor, sender: str) -> None:
    assert post("You have won", "ATXid_1", sender) == 204
    assert not Report.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "path", [HOOK.replace("hidden", "other"), HOOK.replace("kampala", "nowhere")]
)
def test_who_does_not_know_the_address_is_refused(officer: Actor, path: str) -> None:
    form = urlencode({"id": "1", "from": NUMBER, "text": "A hole"})
    assert Client().post(path, form, content_type=FORM).status_code in (403, 404)
    assert not Report.objects.exists()


@pytest.mark.parametrize("forged", [False, True])
def test_twilio_signs_what_it_posts(officer: Actor, settings: Settings, forged: bool) -> None:
    settings.NGOMA_SMS_KEY = "token"
    path = "/channels/twilio/sms/kampala/"
    form = {"Body": "A hole in Mulago II", "From": NUMBER, "MessageSid": "SM1"}
    plain = f"http://localhost:8000{path}" + "".join(f"{key}{form[key]}" for key in sorted(form))
    digest = hmac.new(b"other" if forged else b"token", plain.encode(), hashlib.sha1).digest()
    headers: dict[str, Any] = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    answer = Client().post(path, urlencode(form), content_type=FORM, headers=headers)
    assert answer.status_code == (403 if forged else 200)
    assert Report.objects.count() == (0 if forged else 1)
    if not forged:
        assert answer.content == b"<Response/>"


def test_no_number_stands_in_the_tables(text: Text) -> None:
    text("A hole in Mulago II")
    text("help", number="+256772999999")
    for model in (Report, Notice, Contact, Event):
        for row in model.objects.values():
            assert "772123456" not in str(row)
            assert "772999999" not in str(row)
    assert {vault.reveal(each).address for each in Contact.objects.all()} == {
        NUMBER,
        "+256772999999",
    }


def _service(code: str) -> int:
    return book.book("kampala").service_by_code[code].id


def _reason() -> str:
    reasons = book.book("kampala").settings["reasons"]
    return str(
        next(each["code"] for each in reasons if each["for"] == "reject" and not each.get("rule"))
    )


def test_work_goes_on_by_message(text: Text, officer: Actor) -> None:
    """The whole way: told, accepted, worked on, solved; each step is heard as an SMS."""
    text("A hole in Mulago II")
    case = only().case
    deciding.accept(actor=officer, case_id=case.pk, service_id=_service("pothole"))
    working.start(actor=officer, case_id=case.pk)
    working.resolve(actor=officer, case_id=case.pk, text="Filled today.")
    run_until_idle()
    kinds = Notice.objects.order_by("pk").values_list("kind", "channel")
    assert set(kinds) == {(kind, "sms") for kind in ("received", "accepted", "started", "resolved")}
