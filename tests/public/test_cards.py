"""What a page shows of itself elsewhere: the tags in its head, and its card."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageStat

from ngoma.casework import deciding, working
from ngoma.cities.book import Book, book
from ngoma.intake import photos
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.public import cards
from ngoma.public.cards import Card
from tests.intake.pictures import corners, encoded, made_public, scene
from tests.public.test_tracking import make_private

Tell = Callable[..., Receipt]
RIGHT = (cards.LEFT, 130, cards.WIDTH, cards.HEIGHT)
"""The half with the words, below the name of the city."""


def picture(answer: Any) -> Image.Image:
    """A card, if it is one."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert len(answer.content) <= cards.MOST_BYTES
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == ("JPEG", (1200, 630))
    return image


def tags(page: str) -> dict[str, str]:
    """The tags that other sites read."""
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


def ink(image: Image.Image) -> float:
    """How much is written in the right half: how far its pixels spread."""
    return float(max(ImageStat.Stat(image.crop(RIGHT).convert("L")).stddev))


@pytest.fixture
def shown(tell: Tell) -> Receipt:
    """A report with a photo whose quarters differ."""
    told = tell(photos=(encoded(scene(), "JPEG"),), location="by the gate")
    made_public()
    return told


def test_a_report_is_shown_with_its_photo_and_its_state(reader: Client, shown: Receipt) -> None:
    address = f"/small/r/{shown.report.reference}"
    told = tags(reader.get(address).content.decode())
    assert told["og:title"].startswith("Hole in the road, by the gate")
    assert "Received on" in told["og:description"]
    assert told["description"] == told["og:description"]
    assert told["og:url"] == f"http://localhost{address}"
    assert told["og:image"] == f"http://localhost{address}/card.jpg"
    assert told["twitter:card"] == "summary_large_image"
    card = picture(reader.get(told["og:image"]))
    left = card.crop((0, cards.TEETH, cards.PICTURE, cards.HEIGHT))
    assert corners(left) == ["red", "green", "blue", "grey"], "the photo, whole"
    assert ink(card) > 20, "and words"


def test_a_card_follows_its_report(reader: Client, shown: Receipt, officer: Actor) -> None:
    address = f"/small/r/{shown.report.reference}/card.jpg"
    first = reader.get(address)
    assert "max-age=600" in first["Cache-Control"]
    again = reader.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    deciding.accept(actor=officer, case_id=shown.case.pk)
    done = photos.store(encoded(Image.new("RGB", (600, 400), "white"), "JPEG"), kind="after")
    working.resolve(actor=officer, case_id=shown.case.pk, text="Filled", photo_ids=[done.pk])
    made_public()
    then = reader.get(address, headers={"If-None-Match": first["ETag"]})
    fixed, before = picture(then), picture(first)
    assert then["ETag"] != first["ETag"]
    assert fixed.getpixel((480, 400)) > (240, 240, 240), "the photo of the work"
    # The tag turns from blue to green.
    blue, green = (image.getpixel((cards.LEFT + 8, 173)) for image in (before, fixed))
    assert blue[2] > blue[1], "received"
    assert green[1] > green[0], "fixed"


@pytest.mark.parametrize("part", ["", "sw/"])
def test_cards_speak_the_language_of_the_page(reader: Client, shown: Receipt, part: str) -> None:
    address = f"/small/{part}r/{shown.report.reference}"
    told = tags(reader.get(address).content.decode())
    assert told["og:image"] == f"http://localhost{address}/card.jpg"
    other = f"/small/{'' if part else 'sw/'}r/{shown.report.reference}/card.jpg"
    assert picture(reader.get(f"{address}/card.jpg")) != picture(reader.get(other))


def test_a_private_report_shows_the_citys_card_alone(reader: Client, tell: Tell) -> None:
    make_private("light")
    photo = encoded(scene(), "JPEG")
    told = tell(book=book("small"), service="light", words="Kasule did it", photos=(photo,))
    address = f"/small/r/{told.report.reference}"
    page = reader.get(address).content.decode()
    assert "Kasule" not in page
    assert "Kasule" not in str(tags(page))
    card = reader.get(f"{address}/card.jpg")
    assert card.content == reader.get("/small/card.jpg").content


def test_a_photo_taken_back_leaves_the_card(reader: Client, shown: Receipt) -> None:
    address = f"/small/r/{shown.report.reference}/card.jpg"
    first = reader.get(address)
    shown.report.photos.update(public=False)
    then = reader.get(address)
    assert then["ETag"] != first["ETag"]
    assert corners(picture(then).crop((0, 20, cards.PICTURE, 630))) != corners(
        picture(first).crop((0, 20, cards.PICTURE, 630))
    )


def test_the_reporters_own_pages_tell_nothing_of_themselves(reader: Client, shown: Receipt) -> None:
    own = f"/small/r/{shown.report.reference}/{shown.report.secret}"
    for address in (own, f"{own}/receipt"):
        page = reader.get(address).content.decode()
        assert "og:" not in page
        assert "canonical" not in page


def test_a_place_and_a_city_have_cards(reader: Client, town: Book, shown: Receipt) -> None:
    place = "/small/places/kasubi"
    told = tags(reader.get(place).content.decode())
    assert "Kasubi" in told["og:title"]
    assert told["og:description"].startswith("Open now: ")
    assert ink(picture(reader.get(told["og:image"]))) > 20
    home = tags(reader.get("/small/").content.decode())
    assert home["og:url"] == "http://localhost/small/"
    assert ink(picture(reader.get(home["og:image"]))) > 20


@pytest.mark.parametrize(
    "address", ["r/KLA7F3K29/card.jpg", "r/x/card.jpg", "places/nowhere/card.jpg"]
)
def test_what_is_not_there_has_no_card(reader: Client, address: str) -> None:
    assert reader.get(f"/small/{address}").status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        "Hole in the road",
        "Okulwanyisa ŋŋ'oma n'Ŋŋanda",
        "깨진 보도블록과 가로등",
        "Straße, Übergröße, Ångström",
        "Ремонт дороги",
    ],
)
def test_letters_are_drawn(words: str) -> None:
    empty, written = (
        Image.open(io.BytesIO(cards.draw(Card(city="", title=title)))) for title in ("", words)
    )
    assert ink(written) > ink(empty) + 10


@pytest.mark.parametrize(
    "words", ["", " ", "طريق", "\x00\u200b", "word " * 400, "w" * 4000, "한" * 900]
)
def test_any_words_give_a_card(words: str, settings: Any) -> None:
    data = cards.draw(
        Card(city=words, title=words, tag=words, where=words, sentence=words,
             photos=(("0" * 32, words),))
    )  # fmt: skip
    assert len(data) <= cards.MOST_BYTES
