"""The page about open data: what there is, what it means, and what to do where there is nothing."""

import re

import pytest
from django.test import Client

from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.insight.opendata.dictionary import TABLES
from ngoma.insight.opendata.manifest import Manifest
from ngoma.insight.opendata.publishing import publish
from ngoma.public.opendata import pages
from ngoma.records.models import City

pytestmark = pytest.mark.once


def shown(reader: Client, address: str = "/small/data") -> str:
    """The page."""
    response = reader.get(address)
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def test_it_links_every_file_with_its_size_and_rows(reader: Client, published: Manifest) -> None:
    text = shown(reader)
    linked = set(re.findall(r'href="/small/data/([^"]+)"', text))
    assert {each.name for each in published.files} <= linked
    assert "12 rows" in text
    assert "CC BY 4.0" in text
    assert "City of Small" in text
    assert "Boundaries: Survey of Small" in text
    assert f"versions/{published.version}.json" in text
    assert '<link rel="alternate" type="text/turtle" href="/small/data/catalog.ttl">' in text
    assert len(text.encode()) < 60_000
    for address in linked:
        assert reader.get(f"/small/data/{address}").status_code == 200


def test_it_explains_every_column_with_a_value_of_the_data(
    reader: Client, published: Manifest
) -> None:
    text = shown(reader)
    for columns in TABLES.values():
        for each in columns:
            assert f">{each.name}</code>" in text
            assert str(each.meaning) in text
    assert "Such as pothole" in text
    assert "A deep hole" not in text  # somebody's words are nobody's example


def test_it_speaks_the_reader_s_language(reader: Client, published: Manifest) -> None:
    text = shown(reader, "/small/sw/data")
    assert "Data huria" in text
    assert "Jiji la Ndogo" in text
    assert 'href="/small/data/counts.csv"' in text


def test_before_the_first_night_it_says_when_something_will_be_there(
    reader: Client, town: Book
) -> None:
    text = shown(reader)
    assert "Nothing has been published yet" in text
    assert "catalog.ttl" not in text
    assert reader.get("/small/data/catalog").status_code == 404
    assert reader.get("/small/data/manifest.json").status_code == 404


def test_a_city_without_terms_publishes_nothing_and_says_so(
    reader: Client, published: Manifest, town: Book
) -> None:
    city = City.objects.get(pk=town.id)
    del city.settings["open_data"]
    city.version += 1
    city.save()
    books.forget()
    assert "publishes no data as files" in shown(reader)
    assert publish(books.book_of(town.id)) is None
    for each in published.files:
        assert reader.get(f"/small/data/{each.name}").status_code == 404


def test_every_page_leads_to_it(reader: Client, town: Book) -> None:
    assert 'href="/small/data"' in shown(reader, "/small/")


def test_sizes_are_written_as_people_read_them() -> None:
    written = [pages.size(count) for count in (0, 812, 3100, 48_321, 12_345_678, 5_123_456_789)]
    assert [each.replace("\u00a0", " ") for each in written] == [
        *("0 B", "812 B", "3.1 kB", "48 kB", "12 MB", "5.1 GB"),
    ]
