"""The report as it is printed: in every language, and with no number that tells of few."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from ngoma.base.clock import frozen
from ngoma.casework import deciding, working
from ngoma.cities.book import Book
from ngoma.insight import monthly
from ngoma.insight.monthly import Month
from ngoma.people.permissions import Actor
from ngoma.people.publicity import LEAST
from ngoma.records.models import Burst
from ngoma.report import making
from ngoma.report.document import Document, Table, Text
from ngoma.report.printing import NoFont, fonts, printed
from ngoma.report.telling import public
from tests.insight.test_monthly import APRIL, NOW
from tests.insight.test_partitions import START, opened, who
from tests.processes import database_url

__all__ = ["who"]
pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def told(town: Book, who: Actor) -> Month:
    """April of a city: many potholes in the west, few lights, fewer in the east."""
    draw = Random(9)
    places = {place.code: place.id for place in town.places.values()}
    for number in range(70):
        at = START + timedelta(days=3 + draw.randrange(30), hours=draw.randrange(12))
        service = "light" if number % 10 == 0 else "pothole"
        place = places["east"] if number % 23 == 0 else None if number % 6 == 0 else places["west"]
        case = opened(town, number, at, service=service, place=place, lat=0.15, lon=32.05)
        deciding.accept(actor=who, case_id=case.pk, at=at + timedelta(hours=draw.randrange(9)))
        if number % 4:
            end = at + timedelta(days=draw.randrange(1, 12))
            working.resolve(actor=who, case_id=case.pk, text="Done", at=end)
    with frozen(NOW):
        return monthly.month(town, APRIL)


def test_it_is_printed_in_every_language(town: Book, told: Month) -> None:
    for language in ("en", "lg", "sw", "ko"):
        document = making.document(town, told, language)
        try:
            made = printed(document)
        except NoFont as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
        assert made.startswith(b"%PDF")
        words = read(made)
        assert document.chapters[0].title in words
        assert str(told.came.reports) in words.split()


def read(made: bytes) -> str:
    """The text of a PDF."""
    if shutil.which("pdftotext") is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no pdftotext: install it (Debian: apt install poppler-utils)")
    return subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True).stdout.decode()


def test_what_it_says_is_what_was_counted_and_tells_of_nobody(town: Book, told: Month) -> None:
    document = making.document(town, told, "en")
    services, districts = (next(tables(document, chapter)) for chapter in (0, 1))
    assert column(services, 2) == [str(told.came.services["pothole"]), *rest(told.came.services)]
    assert f"{told.came.reports} reports came" in document.summary
    assert column(districts, 2)[0] == str(told.came.districts["west"])
    assert told.came.districts["east"] < LEAST
    assert "East Ward" not in [row[0].text for row in districts.rows if isinstance(row[0], Text)]
    few = [each for head, each in counts(document) if each < LEAST]
    assert few == []


def counts(document: Document) -> Iterator[tuple[str, int]]:
    """The numbers in columns of counts; others hold shares and times."""
    heads = {"Reports", "Cases", "Repairs", "reported again", "came", "in the week before"}
    for number in range(len(document.chapters)):
        for table in tables(document, number):
            for place, head in enumerate(table.columns):
                if head.name in heads:
                    yield from (
                        (head.name, int(each)) for each in column(table, place) if each.isdecimal()
                    )


def rest(counts: dict[str, int]) -> list[str]:
    """What a table says of the services below those that it names."""
    others = sum(counts.values()) - counts["pothole"]
    return [str(others)] if others >= LEAST else ["–"]


def test_bursts_of_private_services_are_not_told(town: Book, told: Month) -> None:
    light = town.service_by_code["light"]
    services = {**town.services, light.id: replace(light, public=False)}
    at = START + timedelta(days=9)
    told.bursts = [
        Burst(
            service_id=service.id, lat=0.15, lon=32.05, radius_m=90, reports=9, usual=1, found_at=at
        )
        for service in town.services.values()
    ]

    def named(book: Book) -> set[str]:
        found = list(tables(making.document(book, told, "en"), 4))
        return set(column(found[0], 1))

    hidden = replace(town, services=services)
    assert named(town) - named(hidden) == {light.names["en"]}


def tables(document: Document, chapter: int) -> Iterator[Table]:
    """The tables of a chapter."""
    return (each for each in document.chapters[chapter].blocks if isinstance(each, Table))


def column(table: Table, place: int) -> list[str]:
    """The texts of a column."""
    return [cell.text for row in table.rows if isinstance(cell := row[place], Text)]


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=9), st.integers(1, 6))
def test_no_count_below_the_least_can_be_reckoned(counts: dict[str, int], most: int) -> None:
    found = public(counts, most)
    assert all(count >= LEAST for count in found.told.values())
    hidden = [count for key, count in counts.items() if key not in found.told and count]
    assert found.kinds == len(hidden)
    if any(count < LEAST for count in hidden):  # the total is told, so their sum is known
        assert len(hidden) > 1 or found.rest is None
    assert found.rest in (None, sum(hidden))


def test_a_font_that_is_missing_is_told() -> None:
    rune = "\U0001e900"  # a letter that hardly any font has
    texts = dict.fromkeys(Document.__struct_fields__, rune)
    given = texts | {"language": "en", "fonts": fonts(), "cover": [], "chapters": []}
    with pytest.raises(NoFont, match="English"):
        printed(msgspec.convert(given, Document))


def test_the_command_writes_it(told: Month, settings: Settings, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ngoma", "report", "--city", "small", "--month", "2026-04"],
        env=os.environ
        | {"DATABASE_URL": database_url(), "NGOMA_DATA": str(settings.NGOMA_DATA)}
        | {"NGOMA_VAULT_KEY": settings.NGOMA_VAULT_KEY},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stdout == "small-2026-04.pdf\n", run.stderr
    assert (tmp_path / "small-2026-04.pdf").read_bytes().startswith(b"%PDF")
