"""Articles and reply templates are edited at the desk, over those of the pack."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.records.models import Wording, WordingEdit

ARTICLE = "/desk/small/words/article/reference/"


@pytest.fixture
def lead(at_work: Callable[..., Client]) -> Client:
    return at_work("supervisor")


def article(**other: Any) -> dict[str, Any]:
    texts = {f"{name}-{tag}": f"{name} {tag}" for name in ("title", "text") for tag in ("en", "sw")}
    return texts | {"do": "keep"} | other


@pytest.mark.django_db(transaction=True)
def test_an_edit_stands_at_once_and_outlives_the_pack(lead: Client, town: Book) -> None:
    lead.post(ARTICLE, article(**{"text-en": "New words."}))
    assert "New words." in lead.get(ARTICLE).content.decode()
    load(Path(__file__).parents[1] / "cities" / "small")
    book.forget()
    found = book.book("small").articles("2026-06-01")
    assert next(each for each in found if each["code"] == "reference")["text"]["en"] == "New words."
    page = lead.get("/desk/small/words/").content.decode()
    assert "edited here" in page


@pytest.mark.django_db(transaction=True)
def test_the_words_of_the_pack_stand_again(lead: Client, town: Book) -> None:
    lead.post(ARTICLE, article())
    lead.post(ARTICLE, {"do": "pack"})
    page = lead.get(ARTICLE).content.decode()
    assert "It shows what happens to the report." in page
    assert "back to the pack" in page
    assert WordingEdit.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_new_template_is_offered_in_replies(lead: Client, town: Book, told: Any) -> None:
    address = "/desk/small/words/template/-/"
    form = article(code="thanks", **{"for": "answer"}, **{"text-en": "Thank you, {reference}."})
    answer = lead.post(address, form)
    assert answer["Location"].endswith("/words/template/thanks/")
    case = told()
    page = lead.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "title en" in page
    assert "Thank you, SML" in page


def test_a_preview_keeps_nothing(lead: Client, town: Book) -> None:
    address = "/desk/small/words/template/-/"
    form = article(code="x", do="preview", **{"for": "answer", "text-sw": "Mahali: {place}."})
    page = lead.post(address, form).content.decode()
    place = next(iter(town.places.values())).names["sw"]
    assert f"Mahali: {place}." in page
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("kind", "other", "says"),
    [
        ("article", {"code": "Bad Code"}, "The code has letters"),
        ("article", {"code": "reference"}, "There is one with this code already."),
        ("article", {"code": "x", "text-sw": ""}, "in every language"),
        ("article", {"code": "x", "text-en": "x" * 4001}, "That is too long"),
        ("article", {"code": "x", "until": "tomorrow"}, "Write the last day"),
        ("template", {"code": "x", "for": "dance"}, "Choose what it is for."),
        ("template", {"code": "x", "for": "answer", "text-en": "{name}"}, "In braces may stand"),
        ("template", {"code": "x", "for": "answer", "text-en": "{"}, "In braces may stand"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    lead: Client, town: Book, kind: str, other: dict[str, str], says: str
) -> None:
    answer = lead.post(f"/desk/small/words/{kind}/-/", article(**other))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "title en" in answer.content.decode()
    assert not Wording.objects.exists()


def test_words_are_the_whole_citys(at_work: Callable[..., Client], town: Book) -> None:
    for client in (at_work("agent"), at_work("officer"), at_work("supervisor", "roads")):
        assert client.get("/desk/small/words/").status_code == 403
        assert client.post(ARTICLE, article()).status_code == 403
    assert at_work("administrator").get(ARTICLE).status_code == 200
    assert at_work("coordinator").get("/desk/small/words/article/nothing/").status_code == 404
    assert at_work("coordinator").get("/desk/small/words/poem/reference/").status_code == 404
