"""A report followed by its reference, and what its reporter can do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ngoma.base.clock import frozen
from ngoma.casework import deciding, talking, working
from ngoma.cities.book import book, forget
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.records.models import City, Service
from tests.casework import MONDAY
from tests.intake.pictures import encoded, scene

Tell = Callable[..., Receipt]
DO: dict[str, Callable[..., Any]] = {
    "accept": deciding.accept,
    "start": working.start,
    "ask": lambda **k: talking.ask(text="Which house?", **k),
    "resolve": lambda **k: working.resolve(text="Filled with gravel", **k),
    "reject": lambda **k: deciding.reject(reason="private", **k),
    "refer": lambda **k: deciding.refer(body="power", **k),
}


def html(reader: Client, address: str) -> str:
    answer = reader.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("done", "says"),
    [
        ((), "Received on Monday 1 June"),
        (("accept",), "To be fixed by"),
        (("accept", "start"), "Work has begun"),
        (("accept", "ask"), "We wait for an answer"),
        (("accept", "resolve"), "Fixed on Monday 1 June"),
        (("reject",), "Not taken up, decided on Monday 1 June"),
        (("refer",), "Passed on to Power company on Monday 1 June"),
    ],
)
def test_a_state_is_a_sentence_with_a_date(
    reader: Client, tell: Tell, officer: Actor, done: tuple[str, ...], says: str
) -> None:
    with frozen(MONDAY):
        told = tell()
        for verb in done:
            DO[verb](actor=officer, case_id=told.case.pk)
        page = html(reader, f"/small/r/{told.report.reference}")
    assert says in page
    assert "A deep hole" in page
    assert 'class="next"' in page or done in (("reject",), ("refer",)), "what comes next"


def test_what_is_late_says_so(reader: Client, tell: Tell, officer: Actor) -> None:
    with frozen(MONDAY):
        told = tell()
        deciding.accept(actor=officer, case_id=told.case.pk)
    with frozen(MONDAY + timedelta(days=60)):
        page = html(reader, f"/small/r/{told.report.reference}")
    assert "Late: it was to be fixed by" in page
    assert "Past its date" in page


def test_a_reference_is_found_however_it_is_written(reader: Client, tell: Tell) -> None:
    reference = tell().report.reference
    spoken = f" {reference[:3].lower()}-{reference[3:6]} {reference[6:].lower()} "
    found = reader.get("/small/find", {"ref": spoken})
    assert found["Location"] == f"/small/r/{reference}"
    assert reader.get(f"/small/r/{reference.lower()}")["Location"] == f"/small/r/{reference}"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("SML", "three letters and six characters"),
        ("SML23456A", "are in no reference"),
        ("12345678901", "begins with SML"),
        ("SML234567", "One character is wrong"),
    ],
)
def test_a_wrong_reference_is_explained(reader: Client, typed: str, says: str) -> None:
    answer = reader.get("/small/find", {"ref": typed})
    assert answer.status_code == 404
    assert says in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()


def make_private(service: str) -> None:
    """Let the town keep a service's reports to itself."""
    Service.objects.filter(code=service).update(public=False)
    City.objects.update(version=99)
    forget()


def test_a_private_case_shows_neither_words_nor_place(reader: Client, tell: Tell) -> None:
    make_private("pothole")
    words = {"words": "My neighbour beats her", "location": "blue gate", "photos": (photo(),)}
    told = tell(book=book("small"), **words)
    reference, secret = told.report.reference, told.report.secret
    for page in (
        f"/small/r/{reference}",
        "/small/list",
        "/small/",
        "/small/map",
        "/small/places/west",
    ):
        shown = html(reader, page)
        assert "neighbour" not in shown
        assert "blue gate" not in shown
        assert "Kasubi" not in shown.replace(">Kasubi</a>", "").replace("option", "")
        assert "/media/public/" not in shown
    own = html(reader, f"/small/r/{reference}/{secret}")
    assert "My neighbour beats her" in own
    assert "blue gate" in own


def test_numbers_in_public_words_and_places_are_taken_out(reader: Client, tell: Tell) -> None:
    told = tell(words="Call 0772 123456 about the hole", location="ask 0772 123456")
    for page in (f"/small/r/{told.report.reference}", "/small/list"):
        assert "123456" not in html(reader, page)
    own = html(reader, f"/small/r/{told.report.reference}/{told.report.secret}")
    assert "0772 123456" in own


def test_only_the_secret_opens_the_own_page(reader: Client, tell: Tell) -> None:
    first, second = tell(), tell(words="Another hole")
    address = f"/small/r/{first.report.reference}"
    assert reader.get(f"{address}/{second.report.secret}").status_code == 404
    assert reader.post(f"{address}/{second.report.secret}", {"do": "reopen"}).status_code == 404
    opened = reader.get(f"{address}/{first.report.secret}")
    assert opened["Referrer-Policy"] == "no-referrer"
    assert "no-store" in opened["Cache-Control"]
    assert first.report.secret not in html(reader, address)


def test_the_reporter_adds_words_and_a_photo(reader: Client, tell: Tell, officer: Actor) -> None:
    told = tell()
    deciding.accept(actor=officer, case_id=told.case.pk)
    talking.ask(actor=officer, case_id=told.case.pk, text="Which house?")
    address = f"/small/r/{told.report.reference}/{told.report.secret}"
    assert "Answer the question" in html(reader, address)
    file = SimpleUploadedFile("x.jpg", photo(), "image/jpeg")
    answer = reader.post(address, {"do": "inform", "text": "The green one", "photo": file})
    assert answer.status_code == 302
    assert "We have added it to your report" in html(reader, answer["Location"].split("#")[0])
    told.case.refresh_from_db()
    assert told.case.state == "accepted", "the clock runs again"
    assert "The green one" not in html(reader, f"/small/r/{told.report.reference}")


def test_not_fixed_opens_it_again(reader: Client, tell: Tell, officer: Actor) -> None:
    told = tell()
    deciding.accept(actor=officer, case_id=told.case.pk)
    working.resolve(actor=officer, case_id=told.case.pk, text="Done")
    address = f"/small/r/{told.report.reference}/{told.report.secret}"
    assert "Not fixed?" in html(reader, address)
    assert reader.post(address, {"do": "rate", "score": "2"}).status_code == 302
    assert reader.post(address, {"do": "reopen", "text": "Still there"}).status_code == 302
    told.case.refresh_from_db()
    assert (told.case.state, told.case.reopenings) == ("accepted", 1)
    page = html(reader, address)
    assert "Opened again" in page
    assert "Not fixed?" not in page


@pytest.mark.parametrize(
    "form", [{"do": "inform"}, {"do": "rate", "score": "9"}, {"do": "rate", "score": "²"}]
)
def test_a_form_that_says_nothing_is_explained(
    reader: Client, tell: Tell, form: dict[str, str]
) -> None:
    told = tell()
    answer = reader.post(f"/small/r/{told.report.reference}/{told.report.secret}", form)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_a_joined_report_leads_to_the_first(reader: Client, tell: Tell) -> None:
    first = tell().report.reference
    second = tell(words="Same hole", joins=first).report
    page = html(reader, f"/small/r/{second.reference}")
    assert f'href="/small/r/{first}"' in page


def photo() -> bytes:
    return encoded(scene(), "JPEG")


def test_what_the_city_wrote_in_a_private_case_is_for_its_reporter(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    make_private("pothole")
    told = tell(book=book("small"))
    case_id = told.case.pk
    deciding.accept(actor=officer, case_id=case_id, text="Dear Ms Nakato")
    talking.answer(actor=officer, case_id=case_id, text="Your son Musa")
    talking.ask(actor=officer, case_id=case_id, text="Which flat is yours?")
    address = f"/small/r/{told.report.reference}"
    seen, own = html(reader, address), html(reader, f"{address}/{told.report.secret}")
    for private in ("Nakato", "Musa", "Which flat"):
        assert private not in seen
        assert private in own
    assert "The city asked" in seen


def test_a_private_report_joins_no_public_case(reader: Client, tell: Tell) -> None:
    make_private("light")
    here = {"book": book("small")}
    first = tell(**here)
    second = tell(**here, service="light", photos=(photo(),), joins=first.report.reference)
    assert second.case != first.case
    for each in (first, second):
        assert "/media/public/" not in html(reader, f"/small/r/{each.report.reference}")
