"""The published files: whole or in parts, once or only when they have changed, to anybody."""

import gc
import gzip
import json
import warnings
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ngoma.cities.book import Book
from ngoma.insight.opendata.manifest import Manifest, decode
from ngoma.intake.submit import Receipt
from ngoma.public.opendata.ranges import NotThere, wanted
from tests.insight.opendata.reading import night

pytestmark = pytest.mark.once


def body(reader: Client, address: str, **headers: str) -> bytes:
    """What is answered to a request with these headers."""
    response = reader.get(address, headers={key.replace("_", "-"): v for key, v in headers.items()})
    content: bytes = response.getvalue()
    return content


def address_of(published: Manifest) -> str:
    """The largest table of a year."""
    name = next(each.name for each in published.files if each.name.endswith(".csv"))
    return f"/small/data/{name}"


def test_every_file_is_served_as_the_manifest_says(reader: Client, published: Manifest) -> None:
    told = decode(body(reader, "/small/data/manifest.json"))
    assert told == published
    for each in told.files:
        response = reader.get(f"/small/data/{each.name}")
        content = response.getvalue()
        assert response["Content-Type"] == each.media_type
        assert response["Access-Control-Allow-Origin"] == "*"
        assert int(response["Content-Length"]) == len(content) == each.bytes
        assert sha256(content).hexdigest() == each.sha256
    day = published.version.isoformat()
    assert body(reader, f"/small/data/versions/{day}.json") == body(
        reader, "/small/data/manifest.json"
    )


def test_the_same_files_stand_at_the_city_s_own_host(published: Manifest, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["small.example"]
    own = Client(SERVER_NAME="small.example")
    assert own.get("/data/counts.csv").status_code == 200
    assert own.get("/data").status_code == 200


def test_who_has_it_is_not_sent_it_again(reader: Client, published: Manifest, town: Book) -> None:
    first = reader.get(address_of(published))
    again = reader.get(address_of(published), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.getvalue() if again.streaming else again.content) == (304, b"")
    since = {"if-modified-since": first["Last-Modified"]}
    assert reader.get(address_of(published), headers=since).status_code == 304
    other = {"if-none-match": '"another"'}
    assert reader.get(address_of(published), headers=other).status_code == 200
    assert reader.head(address_of(published))["Content-Length"] == first["Content-Length"]


def test_no_file_is_left_open_of_which_nothing_was_taken(
    reader: Client, published: Manifest
) -> None:
    address = address_of(published)
    tag = reader.get(address)["ETag"]
    gc.collect()
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        assert reader.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert reader.head(address).status_code == 200
        assert reader.get(address, headers={"Range": "bytes=999999999-"}).status_code == 416
        given = reader.get(address)
        assert given.status_code == 200
        given.close()
        del given
        gc.collect()
    assert [str(each.message) for each in left] == []


def test_a_file_goes_packed_to_who_takes_it_so(reader: Client, published: Manifest) -> None:
    address = address_of(published)
    plain = reader.get(address)
    packed = reader.get(address, headers={"accept-encoding": "br, gzip"})
    content = packed.getvalue()
    assert packed["Content-Encoding"] == "gzip"
    assert len(content) == int(packed["Content-Length"]) < int(plain["Content-Length"])
    assert gzip.decompress(content) == plain.getvalue()
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    refused = reader.get(address, headers={"accept-encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused


def test_a_broken_download_goes_on(reader: Client, published: Manifest) -> None:
    address = address_of(published)
    whole = reader.get(address)
    content, tag = whole.getvalue(), whole["ETag"]
    half = len(content) // 2
    rest = reader.get(address, headers={"range": f"bytes={half}-", "if-range": tag})
    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes {half}-{len(content) - 1}/{len(content)}"
    assert rest.getvalue() == content[half:]
    assert body(reader, address, range="bytes=-7", accept_encoding="gzip") == content[-7:]
    changed = reader.get(address, headers={"range": f"bytes={half}-", "if-range": '"before"'})
    assert (changed.status_code, changed.getvalue()) == (200, content)
    beyond = reader.get(address, headers={"range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")


@given(size=st.integers(0, 50), first=st.integers(0, 60), last=st.integers(0, 60))
def test_a_range_is_what_lies_in_it(size: int, first: int, last: int) -> None:
    content = bytes(range(size))
    for header, meant in (
        (f"bytes={first}-{last}", content[first : last + 1]),
        (f"bytes={first}-", content[first:]),
        (f"bytes=-{last}", content[max(size - last, 0) :] if last else b""),
    ):
        try:
            found = wanted(header, size)
        except NotThere:
            assert meant == b""
            continue
        if found is None:  # no range at all: the whole is sent
            assert last < first
        else:
            assert content[slice(*found)] == meant != b""


@pytest.mark.parametrize("header", ["", "bytes", "bytes=-", "lines=1-2", "bytes=1-2,4-5", "x=²-"])
def test_what_is_no_range_is_answered_with_the_whole(header: str) -> None:
    assert wanted(header, 10) is None


def test_the_catalogue_comes_in_the_form_that_is_asked_for(
    reader: Client, published: Manifest
) -> None:
    for wanted_, kind in (
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "application/rdf+xml"),
        ("*/*", "text/turtle"),
        ("application/zip", "text/turtle"),
    ):
        response = reader.get("/small/data/catalog", headers={"accept": wanted_})
        assert response["Content-Type"] == kind
        assert "Accept" in response["Vary"]
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    people = reader.get("/small/sw/data/catalog", headers=browser)
    assert (people.status_code, people["Location"]) == (303, "/small/sw/data")


def test_what_is_not_published_is_not_there(reader: Client, published: Manifest) -> None:
    for name in (
        *("nothing.csv", "made.json", "lock", "manifest.json.gz", "versions/2020-01-01.json"),
        *("versions/..%2Fmanifest.json", "..%2F..%2Fkeys", "files/x", "catalog.ttl.gz"),
    ):
        assert reader.get(f"/small/data/{name}").status_code == 404
    assert reader.post("/small/data/counts.csv").status_code == 405


def test_a_file_keeps_its_address_when_it_changes(
    reader: Client, published: Manifest, town: Book, tell: Callable[..., Receipt]
) -> None:
    address = address_of(published)
    before = reader.get(address)
    tell(words="One more hole")
    night(town)
    after = reader.get(address)
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]
    assert b"One more hole" in after.getvalue()
    assert len(json.loads(body(reader, "/small/data/manifest.json"))["files"]) > 5
