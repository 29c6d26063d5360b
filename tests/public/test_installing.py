"""A city's pages as an application of the phone."""

import json
import re

import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import City


def test_the_application_speaks_the_language_of_its_page(reader: Client) -> None:
    page = reader.get("/small/sw/").content.decode()
    address = re.search(r'rel="manifest" href="([^"]+)"', page)
    assert address
    manifest = reader.get(address[1])
    assert manifest["Content-Type"] == "application/manifest+json"
    told = manifest.json()
    assert (told["lang"], told["start_url"], told["scope"]) == ("sw", "/small/sw/", "/small/")
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert reader.get(told["shortcuts"][0]["url"]).status_code == 200


def test_the_worker_keeps_pages_that_hold_nothing_of_a_person(reader: Client) -> None:
    worker = reader.get("/small/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    assert not worker.cookies
    kept = re.search(r"self\.kept = (\{.*\});\n", worker.content.decode())
    assert kept
    pages = json.loads(kept[1])["pages"]
    assert "/small/report" in pages
    assert "/small/sw/report" in pages
    assert not [each for each in pages if "/r/" in each]


@pytest.mark.parametrize("page", ["", "report", "map", "places", "your-data"])
def test_every_page_has_the_worker_of_its_city(reader: Client, page: str) -> None:
    assert 'data-worker="/small/worker.js"' in reader.get(f"/small/{page}").content.decode()


def test_at_a_host_of_its_own_the_city_is_the_whole_application(reader: Client, town: Book) -> None:
    from ngoma.cities import book

    City.objects.filter(pk=town.id).update(hosts=["small.localhost"], version=town.version + 1)
    book.forget()
    own = {"Host": "small.localhost"}
    assert reader.get("/manifest.json", headers=own).json()["scope"] == "/"
    assert '"/report"' in reader.get("/worker.js", headers=own).content.decode()
