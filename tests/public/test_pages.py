"""Every page: there, in its language, small, without a cookie, loading nothing from elsewhere."""

import csv
import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client

from ngoma.base.clock import now
from ngoma.base.months import month_of, written
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt

PAGES = (
    "", "report", "find", "list", "map", "places", "places/west", "places/kasubi", "your-data",
    "how-reports-are-read", "embed",
)  # fmt: skip
BUDGET = 60_000


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("part", "language"), [("", "en"), ("sw/", "sw")])
def test_a_page_is_small_and_keeps_to_itself(
    reader: Client, tell: Callable[..., Receipt], page: str, part: str, language: str
) -> None:
    tell()
    answer = reader.get(f"/small/{part}{page}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in html
    assert not answer.cookies
    assert not re.findall(r'(?:src|action|href)="(?:https?:)?//(?!localhost/)', html)
    assert "style=" not in html, "the policy of the pages forbids it"
    assert _cost(html) <= BUDGET


def test_every_link_of_the_page_keeps_the_language(reader: Client) -> None:
    html = reader.get("/small/sw/").content.decode()
    links = [link for link in re.findall(r'href="(/[^"]*)"', html) if "/static/" not in link]
    switch = ["/small/", "/small/sw/"]
    assert links
    assert all(link.startswith("/small/sw/") or link in switch for link in links)


def test_a_city_answers_at_its_own_host(reader: Client, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["small.example"]  # type: ignore[attr-defined]
    answer = reader.get("/sw/list", headers={"host": "small.example"})
    assert answer.status_code == 200
    assert 'href="/sw/map' in answer.content.decode()
    assert "Host" in answer["Vary"]


def test_the_front_page_leads_to_the_only_city(reader: Client) -> None:
    assert reader.get("/").headers["Location"] == "/small/"


def test_the_front_page_offers_several_cities(reader: Client) -> None:
    from ngoma.cities import book
    from ngoma.records.models import City

    City.objects.create(
        slug="other",
        names={"ko": "다른 도시"},
        languages=["ko"],
        time_zone="Asia/Seoul",
        country="KR",
        prefix="OTH",
        settings=City.objects.get().settings,
    )
    book.forget()
    html = reader.get("/?lang=ko").content.decode()
    assert '<html lang="ko"' in html
    assert 'href="/small/"' in html
    assert 'href="/other/"' in html


def test_the_own_language_has_one_address(reader: Client) -> None:
    answer = reader.get("/small/en/list?state=open")
    assert (answer.status_code, answer["Location"]) == (301, "/small/list?state=open")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/small/nothing", "This page is not there"),
        ("/small/sw/nothing", "Ukurasa huu haupo"),
        ("/small/sw/r/SML234567", "Ukurasa huu haupo"),
        ("/small/sw/places/nowhere", "Ukurasa huu haupo"),
        ("/nowhere/", "This page is not there"),
    ],
)
def test_a_page_that_is_not_there_says_so_in_its_language(
    reader: Client, address: str, says: str
) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert says in answer.content.decode()


def test_a_broken_page_asks_the_database_nothing(rf: object, town: Book) -> None:
    from django.db import connection

    from ngoma.public.errors import broken

    with connection.execute_wrapper(_refuse):
        answer = broken(rf.get("/small/"))  # type: ignore[attr-defined]
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_a_private_file_is_not_served(reader: Client, tell: Callable[..., Receipt]) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    default_storage.save("private/originals/aa/secret.jpg", ContentFile(b"x"))
    for path in ("../private/originals/aa/secret.jpg", "%2e%2e/private/originals/aa/secret.jpg"):
        assert reader.get(f"/media/public/{path}").status_code == 404


def _refuse(*_args: object) -> None:
    raise AssertionError("the database was asked")


def _cost(html: str) -> int:
    """Compressed bytes of a page with its stylesheets and scripts."""
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', html)
    assert files
    whole = [Path(str(finders.find(file))).read_bytes() for file in files]
    return sum(len(gzip.compress(data)) for data in [html.encode(), *whole])


def test_the_months_of_a_place_come_as_a_file_without_small_numbers(
    reader: Client, town: Book
) -> None:
    assert reader.get("/small/places/west", {"csv": "months"}).status_code == 404
    month = month_of(now(), town.zone)
    with connection.cursor() as cursor:
        for back in range(12):
            cursor.execute(
                "INSERT INTO records_month_count (city_id, place, month, opened, fixed)"
                " VALUES (%s, %s, %s, %s, %s)",
                [town.id, town.place_by_code["kasubi"].id, month - back, 9 + back, back],
            )
    answer = reader.get("/small/places/west", {"csv": "months"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["month"] for row in rows] == [written(month - back) for back in range(11, -1, -1)]
    assert [row["reported"] for row in rows] == [str(9 + back) for back in range(11, -1, -1)]
    told = [str(back) if not 0 < back < 5 else "" for back in range(11, -1, -1)]
    assert [row["fixed"] for row in rows] == told
