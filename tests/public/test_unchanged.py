"""A page that the reader has is not sent again, and one that is another always is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ngoma.base import remembered
from ngoma.base.clock import frozen
from ngoma.casework import (
    deciding,
    erasing,
    merging,
    rating,
    redacting,
    talking,
    undoing,
    working,
)
from ngoma.cities.book import forget
from ngoma.intake import photos
from ngoma.intake.submit import Receipt
from ngoma.ledger import sealing
from ngoma.people.permissions import Actor, resident
from ngoma.public import unchanged
from ngoma.records.models import Checkpoint, City, Event, Photo, Service
from tests.casework import MONDAY
from tests.intake.pictures import encoded, made_public, scene

Tell = Callable[..., Receipt]
Step = tuple[str, Callable[[], Any]]
PHOTO = encoded(scene(), "JPEG")


def life(told: Receipt, other: Receipt, officer: Actor) -> Iterator[Step]:
    """What may happen to a report, one thing after the other, and to what its page is made of."""
    case, reporter = told.case.pk, resident(told.report)
    yield "sealed", sealing.follow
    yield "accepted", lambda: deciding.accept(actor=officer, case_id=case)
    yield (
        "undone",
        lambda: undoing.undo(
            actor=officer, case_id=case, seq=Event.objects.filter(case=case).count()
        ),
    )
    yield "a photo public", made_public
    yield "accepted again", lambda: deciding.accept(actor=officer, case_id=case)
    yield "joined", lambda: merging.merge(actor=officer, case_id=other.case.pk, into=case)
    yield "asked", lambda: talking.ask(actor=officer, case_id=case, text="Which house?")
    yield (
        "answered",
        lambda: talking.inform(
            actor=reporter, case_id=case, text="Blue", photo_ids=[photos.store(PHOTO).pk]
        ),
    )
    yield "another photo public", made_public
    yield "split", lambda: merging.split(actor=officer, report_id=other.report.pk)
    yield (
        "redacted",
        lambda: redacting.redact(
            actor=officer, report_id=told.report.pk, words="A hole", location="the gate"
        ),
    )
    yield (
        "blurred",
        lambda: redacting.blur_photo(
            actor=officer,
            case_id=case,
            photo_id=Photo.objects.filter(report=told.report)[0].pk,
            areas=[],
        ),
    )
    yield "public again", made_public
    yield (
        "hidden",
        lambda: redacting.hide_photo(
            actor=officer, case_id=case, photo_id=Photo.objects.filter(report=told.report)[0].pk
        ),
    )
    yield "resolved", lambda: working.resolve(actor=officer, case_id=case, text="Filled")
    yield "rated", lambda: rating.rate(actor=reporter, case_id=case, score=2)
    yield "sealed late", sealing.follow
    yield "witnessed", lambda: Checkpoint.objects.update(witnesses=2)
    yield "not covered", lambda: Checkpoint.objects.update(size=0)
    yield "covered", lambda: Checkpoint.objects.update(size=99)
    yield "a file gone", lambda: Photo.objects.all().update(public=False)
    yield "reopened", lambda: working.reopen(actor=reporter, case_id=case, text="Not so")
    yield "erased", lambda: erasing.erase(actor=officer, report_id=told.report.pk)
    yield "renamed", _rename


def _rename() -> None:
    Service.objects.filter(code="pothole").update(names={"en": "Hole", "sw": "Shimo"})
    City.objects.update(version=99)
    forget()


@pytest.mark.django_db(transaction=True)
def test_a_page_has_one_tag_for_one_content(
    reader: Client, tell: Tell, officer: Actor, settings: Any
) -> None:
    settings.NGOMA_UNDO = 3600
    at = MONDAY
    seen: dict[str, str] = {}
    with frozen(at):
        told = tell(photos=(PHOTO,))
        other = tell(words="The same hole")
    reports = [f"/small/{part}r/{told.report.reference}" for part in ("", "sw/")]
    addresses = [*reports, "/small/", "/small/sw/list", "/small/list?state=open", "/small/map"]
    changed = []
    for name, do in life(told, other, officer):
        with frozen(at):
            before = _pages(reader, addresses, seen)
            do()
            at += timedelta(minutes=20 if name == "sealed late" else 1)
        with frozen(at):
            after = _pages(reader, addresses, seen)
        if before != after:
            changed.append(name)
    for days in (3, 60, 400):
        with frozen(at + timedelta(days=days)):
            _pages(reader, addresses, seen)
    assert len(changed) > 12, changed
    assert len(seen) > 30


def _pages(reader: Client, addresses: list[str], seen: dict[str, str]) -> list[str]:
    """The pages, made anew; the same tag has never stood for anything else, is known when shown,
    and gives the same page to the next."""
    found = []
    unchanged.forget()
    remembered.forget()
    for address in addresses:
        answer = reader.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert seen.setdefault(answer["ETag"], text) == text, answer["ETag"]
        other = reader.get(address)
        del answer["X-Request-ID"], other["X-Request-ID"]
        assert (other.content, other.headers) == (answer.content, answer.headers)
        again = reader.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        found.append(text)
    return found


@pytest.mark.usefixtures("unhurried")
def test_who_has_a_reports_page_costs_one_question(reader: Client, tell: Tell) -> None:
    address = f"/small/r/{tell().report.reference}"
    first = reader.get(address)
    known = {"If-None-Match": first["ETag"]}
    reader.get(address)
    with CaptureQueriesContext(connection) as asked:
        again = reader.get(address, headers=known)
    assert (again.status_code, len(asked)) == (304, 1)
    for name in ("ETag", "Cache-Control", "Content-Language"):
        assert again[name] == first[name]
    packed = reader.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["ETag"] == f"W/{first['ETag']}"
    assert reader.get(address, headers={"If-None-Match": packed["ETag"]}).status_code == 304
    elsewhere = reader.get(address, SERVER_NAME="127.0.0.1")
    assert elsewhere["ETag"] != first["ETag"], "the page names its host"


@pytest.mark.parametrize(
    "page",
    ["", "list", "map", "list/part", "map/reports.svg", "places", "places/west", "figures", "embed",
     "tiles/8/150/127.json", "how-reports-are-read.json", "your-data"],
)  # fmt: skip
def test_public_pages_are_sent_once(reader: Client, tell: Tell, page: str) -> None:
    tell()
    first = reader.get(f"/small/{page}", headers={"Accept-Encoding": "gzip"})
    assert first.status_code == 200
    assert "Cache-Control" in first
    headers = {"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]}
    again = reader.get(f"/small/{page}", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.get("Cache-Control") == first["Cache-Control"]


def test_lists_and_tiles_are_sent_anew_when_they_changed(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    told = tell()
    addresses = ["/small/list", "/small/tiles/16/38603/32740.json"]
    tags = {address: reader.get(address)["ETag"] for address in addresses}
    deciding.reject(actor=officer, case_id=told.case.pk, reason="private")
    assert reader.get(addresses[0], headers={"If-None-Match": tags[addresses[0]]}).content


@pytest.mark.once
def test_what_is_somebodys_own_has_no_tag(reader: Client, tell: Tell) -> None:
    report = tell().report
    own = f"/small/r/{report.reference}/{report.secret}"
    for address in (own, f"{own}/receipt", "/small/report"):
        answer = reader.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert "ETag" not in answer
