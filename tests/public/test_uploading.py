"""Photos that come in parts over a line that breaks."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from ngoma.base.clock import now
from ngoma.intake import uploads
from ngoma.records.models import Part, Photo
from tests.intake.pictures import encoded, scene

WHOLE = encoded(scene(), "JPEG")


def address(upload: str) -> str:
    return f"/small/report/photos/{upload}"


def send(
    reader: Client,
    upload: str,
    start: int,
    data: bytes,
    length: int = len(WHOLE),
    proof: str = "",
) -> Any:
    """A part, as the page's script sends it."""
    return reader.patch(
        address(upload),
        data,
        content_type="application/octet-stream",
        headers={
            "Upload-Offset": str(start),
            "Upload-Length": str(length),
            "Upload-Proof": proof,
        },
    )


def test_a_file_goes_on_where_it_broke_off(reader: Client) -> None:
    upload = str(uuid4())
    half = len(WHOLE) // 2
    assert reader.head(address(upload))["Upload-Offset"] == "0"
    assert send(reader, upload, 0, WHOLE[:half])["Upload-Offset"] == str(half)
    asked = reader.head(address(upload))
    assert (asked["Upload-Offset"], asked["Upload-Complete"]) == (str(half), "?0")
    last = send(reader, upload, half, WHOLE[half:])
    assert (last.status_code, last["Upload-Complete"]) == (204, "?1")
    assert reader.head(address(upload))["Upload-Complete"] == "?1"
    photo = Photo.objects.get(upload=upload)
    assert (photo.report, photo.case) == (None, None)
    assert not Part.objects.exists()


def test_the_last_part_again_is_the_same_photo(reader: Client) -> None:
    upload = str(uuid4())
    for _ in range(2):
        assert send(reader, upload, 0, WHOLE)["Upload-Complete"] == "?1"
    assert Photo.objects.count() == 1


def test_a_part_that_is_not_the_next_one_is_told_where_that_begins(reader: Client) -> None:
    upload = str(uuid4())
    send(reader, upload, 0, WHOLE[:100])
    for start in (0, 50, 101, 5000):
        answer = send(reader, upload, start, WHOLE[start : start + 10])
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "100")
    assert uploads.standing(upload).offset == 100


@pytest.mark.parametrize("length", [len(WHOLE) - 1, 12_000_001])
def test_a_file_larger_than_it_says_or_than_is_taken_is_refused(
    reader: Client, length: int
) -> None:
    answer = send(reader, str(uuid4()), 0, WHOLE, length)
    assert answer.status_code == 422
    assert "12 MB" in answer.json()["problem"]
    assert not Part.objects.exists()


def test_what_is_no_photo_is_refused_and_forgotten(reader: Client) -> None:
    upload = str(uuid4())
    answer = send(reader, upload, 0, b"<svg onload=alert(1)>", 21)
    assert answer.status_code == 422
    assert "JPEG" in answer.json()["problem"]
    assert not Part.objects.exists()
    assert reader.head(address(upload))["Upload-Offset"] == "0"


@pytest.mark.parametrize("name", ["1", "..", "A" * 36, "%00", "0" * 37])
def test_a_file_without_a_name_of_its_own_is_not_found(reader: Client, name: str) -> None:
    assert send(reader, name, 0, WHOLE).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Upload-Offset": "-1", "Upload-Length": "5"}])
def test_a_part_that_says_nothing_of_itself_is_refused(
    reader: Client, headers: dict[str, str]
) -> None:
    answer = reader.patch(address(str(uuid4())), b"x", headers=headers)
    assert answer.status_code == 400


def test_another_page_cannot_send_parts(reader: Client) -> None:
    answer = reader.patch(
        address(str(uuid4())), b"x", headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403


@pytest.mark.usefixtures("town")
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, len(WHOLE) - 1), max_size=4, unique=True))
def test_however_it_is_cut_the_photo_is_the_same(cuts: list[int]) -> None:
    upload = str(uuid4())
    edges = [0, *sorted(cuts), len(WHOLE)]
    for start, end in pairwise(edges):
        standing = uploads.add(upload, start=start, data=WHOLE[start:end], length=len(WHOLE))
    assert standing.whole
    digests = Photo.objects.values_list("digest", flat=True).distinct()
    assert len(digests) == 1


def test_parts_whose_rest_never_comes_are_dropped(reader: Client) -> None:
    upload = str(uuid4())
    send(reader, upload, 0, WHOLE[:100])
    assert uploads.discard_stale(now() + uploads.STALE / 2) == 0
    assert uploads.discard_stale(now() + 2 * uploads.STALE) == 1
    assert uploads.standing(upload).offset == 0
