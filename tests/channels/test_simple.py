"""The conversation of the pack on plain pages: as good as over a phone, and safe to send twice."""

import random
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.base.references import show
from ngoma.channels import floods
from ngoma.channels.dialogue import talks
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.people.pins import pin
from ngoma.records.models import Case, Report, Talk
from tests.channels.test_ussd import PACKS

SMALL = Path(__file__).parents[1] / "cities" / "small"
_QUESTION = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_BUTTON = re.compile(r'<button[^>]*?(?: name="choice" value="(\d+)")?>(.*?)</button>')


@pytest.fixture(autouse=True)
def _kampala(db: None) -> None:
    book.forget()
    floods.forget()
    load(PACKS / "kampala")


class Reader:
    """A browser without a script that keeps no cookie. `page` is what it shows, at `address`."""

    def __init__(self, start: str = "/kampala/simple", sender: str = "198.51.100.5") -> None:
        self.sender = sender
        self.open(start)

    def open(self, address: str) -> str:
        """Go to an address."""
        self.address = address
        return self._shown(Client(REMOTE_ADDR=self.sender).get(address))

    def answer(self, *, choice: int | str = "", words: str = "") -> str:
        """Fill in the form and press a button."""
        return self.send(self.form() | {"choice": str(choice), "words": words})

    def form(self) -> dict[str, str]:
        """Where the form of the page leads, and what it carries along."""
        action = re.search(r'action="([^"]+)"', self.page)
        number = re.search(r'name="page" value="(\d+)"', self.page)
        assert action, self.page
        assert number, self.page
        return {"action": unescape(action[1]), "page": number[1]}

    def send(self, form: dict[str, str]) -> str:
        """Post a form that may have been kept."""
        fields = {name: value for name, value in form.items() if name != "action"}
        answer = Client(REMOTE_ADDR=self.sender).post(form["action"], fields)
        if answer.status_code == 303:
            return self.open(answer["Location"])
        return self._shown(answer)

    def _shown(self, answer: Any) -> str:
        while answer.status_code == 303:
            self.address = answer["Location"]
            answer = Client().get(self.address)
        self.response = answer
        self.status = answer.status_code
        self.page = answer.content.decode()
        return self.question

    @property
    def question(self) -> str:
        """What is asked or told."""
        found = _QUESTION.search(self.page)
        return unescape(found[1]) if found else ""

    @property
    def buttons(self) -> list[str]:
        """What can be pressed."""
        return [unescape(label) for _value, label in _BUTTON.findall(self.page)]


def reported(reader: Reader) -> Report:
    """A hole in Mulago II, told page by page."""
    for answer in ({"choice": 1}, {"choice": 1}, {"words": "Mulago II"}, {"words": "deep"}):
        reader.answer(**answer)
    return Report.objects.latest("id")


def test_a_report_page_by_page() -> None:
    reader = Reader()
    assert reader.question == "Kampala: tell the city"
    assert reader.buttons == ["Report a problem", "Ask about a report", "Olulimi / Lugha"]
    assert reader.answer(choice=1) == "What is it?"
    assert reader.answer(choice=1).startswith("Where?")
    assert reader.buttons == ["Go on"]
    assert reader.answer(words="Mulago II").startswith("Tell us more")
    assert reader.buttons == ["Go on", "Send"]
    end = reader.answer(words="It is deep")
    report = Report.objects.get()
    assert end.startswith(f"Thank you. Your number: {show(report.reference)}. PIN {pin(report)}.")
    assert (report.channel, report.origin, report.language) == ("web", "simple", "en")
    assert (report.service.code, report.words) == ("pothole", "It is deep")
    case = Case.objects.select_related("place").get()
    assert case.place.names["en"] == "Mulago II"
    assert f"/kampala/r/{report.reference}/{report.secret}" in reader.page
    assert "<title>Ngoma Kampala</title>" in reader.page, "no PIN in the history of a browser"


def test_what_was_written_is_taken_whatever_button_is_pressed() -> None:
    reader = Reader()
    for answer in ({"choice": 1}, {"choice": 1}, {"words": "Mulago II"}):
        reader.answer(**answer)
    reader.answer(choice=1, words="A child fell in")
    assert Report.objects.get().words == "A child fell in"


@pytest.mark.parametrize(
    ("start", "first", "language"),
    [
        ("/kampala/lg/simple", "Kampala: buulira ekibuga", "lg"),
        ("/kampala/sw/simple", "Kampala: ambia jiji", "sw"),
        ("/kampala/en/simple", "Kampala: tell the city", "en"),
    ],
)
def test_it_begins_in_the_language_of_the_page(start: str, first: str, language: str) -> None:
    reader = Reader(start)
    assert reader.question == first
    assert f'<html lang="{language}"' in reader.page
    reported(reader)
    assert Talk.objects.get().state is None
    assert f'<html lang="{language}"' in reader.page


def test_another_language_can_be_chosen_on_the_way() -> None:
    reader = Reader()
    reader.answer(choice=3)
    assert "Kiswahili" in reader.buttons
    reader.answer(choice=reader.buttons.index("Kiswahili") + 1)
    assert reader.question == "Kampala: ambia jiji"
    assert reader.address.startswith("/kampala/sw/simple/")
    assert '<html lang="sw"' in reader.page


def test_a_city_at_its_own_host_has_it_too(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["small.example"]
    load(SMALL)
    _first, *others = book.book("small").languages
    for start in ("/simple", *(f"/{each}/simple" for each in others)):
        answer = Client(SERVER_NAME="small.example").get(start)
        assert answer.status_code == 200
        assert f'action="{start}/' in answer.content.decode()


@pytest.mark.parametrize("passed", [timedelta(minutes=5), timedelta(hours=23)])
def test_who_comes_back_to_the_address_goes_on_at_every_step(passed: timedelta) -> None:
    answers: list[dict[str, Any]] = [
        {"choice": 1}, {"choice": 1}, {"words": "Mulago II"}, {"words": "deep"},
    ]  # fmt: skip
    for broken in range(1, len(answers)):
        begun = now()
        reader = Reader()
        for number, answer in enumerate(answers):
            if number == broken:
                question, address = reader.question, reader.address
                with frozen(begun + passed):
                    reader = Reader(address)
                    assert reader.question == question
            reader.answer(**answer)
        assert Report.objects.count() == broken


def test_after_a_day_one_begins_anew() -> None:
    reader = Reader()
    form, before = reader.form(), now()
    reader.answer(choice=1)
    with frozen(before + timedelta(days=1, minutes=1)):
        assert talks.forget_old() == 1
        assert reader.open(reader.address) == "Kampala: tell the city"
        assert reader.address == "/kampala/simple"
        assert reader.send(form | {"choice": "1"}) == "Kampala: tell the city"
    assert not Talk.objects.exists()


def test_a_page_that_is_sent_again_changes_nothing() -> None:
    reader = Reader()
    forms = []
    for choice, words in (("1", ""), ("1", ""), ("", "Mulago II"), ("", "deep")):
        forms.append(reader.form() | {"choice": choice, "words": words})
        reader.send(forms[-1])
    end, talk = reader.question, Talk.objects.values().get()
    for form in [*forms, *reversed(forms)]:
        assert reader.send(form) == end, "wherever it was, it ended so"
        assert reader.send(form | {"words": "other", "choice": "2"}) == end
    assert Report.objects.count() == 1
    assert Talk.objects.values().get() == talk


@pytest.mark.parametrize(
    "start", ["/kampala/en/simple", "/kampala/lg/simple", "/kampala/sw/simple"]
)
def test_every_walk_ends_and_every_page_sent_twice_is_answered_alike(start: str) -> None:
    chance = random.Random(start)
    words = ("Mulago", "Mulago II", "behind the blue kiosk", "7F3 K29", "ŋŋamba 한", "9", "", "*1*")
    for _ in range(15):
        reader = Reader(start)
        for _ in range(40):
            if 'name="page"' not in reader.page:
                break
            form = reader.form() | {"choice": str(chance.randint(1, 6))}
            if "<textarea" in reader.page:
                form["words"] = chance.choice(words)
            told = reader.send(form), reader.status, Report.objects.count()
            assert told[0]
            assert told[1] in (200, 422)
            if told[1] == 200:
                assert (reader.send(form), reader.status, Report.objects.count()) == told
        else:
            pytest.fail("a walk without an end")
    assert 1 <= Report.objects.count() <= 15


def test_nothing_is_kept_before_an_answer() -> None:
    reader = Reader()
    assert not Talk.objects.exists()
    assert not reader.response.cookies
    assert reader.response["Cache-Control"] == "private, no-store"
    reader.answer(words="7")
    assert (reader.status, reader.question) == (422, "Kampala: tell the city")
    assert "Write something, or choose." in reader.page
    assert not Talk.objects.exists()


def test_an_empty_answer_asks_again_and_loses_nothing() -> None:
    reader = Reader()
    for answer in ({"choice": 1}, {"choice": 5}):
        reader.answer(**answer)
    assert reader.answer(words="  ") == "Write what is wrong."
    assert reader.status == 422
    assert 'aria-describedby="words-wrong"' in reader.page
    assert reader.answer(words="No water").startswith("Where?")


@pytest.mark.parametrize("token", ["x", "a:b:c", "a" * 5000, "é:1:2"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_we_did_not_make_is_none(token: str, method: str) -> None:
    answer = getattr(Client(), method)(f"/kampala/simple/{token}", {"page": "0", "choice": "1"})
    assert answer.status_code == 404
    assert not Talk.objects.exists()


@pytest.mark.parametrize("page", ["", "-1", "1", "٣", "9" * 4000, "x"])
def test_a_number_of_a_page_that_is_none_changes_nothing(page: str) -> None:
    reader = Reader()
    reader.send(reader.form() | {"page": page, "choice": "1"})
    assert reader.question == "Kampala: tell the city"
    reader.answer(choice=1)
    reader.send(reader.form() | {"page": "0", "choice": "1"})
    assert reader.question == "What is it?"


def test_what_is_typed_is_shown_as_text() -> None:
    reader = Reader()
    for answer in ({"choice": 2}, {"words": "<script>alert(1)</script>"}):
        reader.answer(**answer)
    assert reader.question.startswith("We know no report")
    assert "<script>alert" not in reader.page


def test_a_private_report_opens_with_its_pin_alone() -> None:
    report = reported(Reader())
    Case.objects.update(public=False)

    def asked(typed: str) -> str:
        reader = Reader()
        reader.answer(choice=2)
        return reader.answer(words=typed)

    wrong = f"{(int(pin(report)) + 1) % 10_000:04}"
    assert asked(report.reference).startswith("This report is private")
    assert asked(f"{report.reference} {wrong}").startswith("This report is private")
    assert "received" in asked(f"{report.reference} {pin(report)}")


def test_a_flood_waits_with_all_that_was_told_and_others_go_on(settings: Settings) -> None:
    settings.NGOMA_FLOOD_LIMIT = 2
    at = now()
    with frozen(at):
        for _ in range(2):
            reported(Reader(sender="203.0.113.7"))
        slowed = Reader(sender="203.0.113.7")
        for answer in ({"choice": 1}, {"choice": 1}, {"words": "Mulago II"}):
            slowed.answer(**answer)
        question = slowed.question
        assert slowed.answer(words="third") == question
        assert (slowed.status, slowed.response["Retry-After"]) == (429, "600")
        assert "Please wait ten minutes" in slowed.page
        assert Report.objects.count() == 2
        reported(Reader(sender="198.51.100.9"))
        assert Report.objects.count() == 3
    with frozen(at + timedelta(minutes=21)):
        slowed.answer(words="third")
    assert Report.objects.latest("id").words == "third"


def test_a_danger_never_waits(settings: Settings) -> None:
    settings.NGOMA_FLOOD_LIMIT = 1
    reported(Reader())
    reader = Reader()
    for answer in ({"choice": 1}, {"choice": 5}, {"words": "live wire on the ground"}):
        reader.answer(**answer)
    assert "Is anybody in danger?" in reader.answer(words="Mulago II")
    assert Report.objects.count() == 2


def test_pins_cannot_be_tried_until_none_counts_in_the_city(settings: Settings) -> None:
    settings.NGOMA_FLOOD_LIMIT = 8
    answers = []
    for _ in range(4):
        reader = Reader()
        reader.answer(choice=2)
        reader.answer(words="7F3 K29 0000")
        answers.append(reader.status)
    assert answers == [200, 200, 429, 429]


def test_a_city_without_a_conversation_has_no_such_page() -> None:
    load(PACKS / "demo")
    assert Client().get("/demo/simple").status_code == 404
    for page in ("", "report"):
        assert "/demo/simple" not in Client().get(f"/demo/{page}").content.decode()
        assert '"/kampala/lg/simple"' in Client().get(f"/kampala/lg/{page}").content.decode()


def test_a_page_is_tiny() -> None:
    answer = Client(headers={"Accept-Encoding": "gzip"}).get("/kampala/simple")
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 2000, len(answer.content)
    assert "<script" not in Client().get("/kampala/simple").content.decode()


def test_places_of_one_name_are_told_apart_by_what_they_lie_in() -> None:
    reader = Reader()
    for answer in ({"choice": 1}, {"choice": 1}, {"words": "Market"}):
        reader.answer(**answer)
    assert reader.question == "Which of these?"
    assert len(reader.buttons) > 2
    assert len(set(reader.buttons)) == len(reader.buttons), reader.buttons
    assert all("Market" in each for each in reader.buttons[:-1])
