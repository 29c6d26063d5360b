"""A town with secrets wherever one can be put, and a place for files that goes away."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ngoma.casework import deciding, talking
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.people.permissions import Actor
from ngoma.records.models import City, Report, Service
from tests.casework.conftest import coordinator, employ

__all__ = ["coordinator", "employ"]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    """Partitions and published files of each test lie where no other test finds them."""
    settings.NGOMA_DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "media"


def tell(town: Book, key: str, **said: Any) -> Report:
    """A report that is handed in."""
    known = {"words": "A hole", "service": "pothole", "lat": 0.15, "lon": 32.05} | said
    return submit(Submission(book=town, origin="web", key=key, channel="web", **known)).report


@pytest.fixture
def private_town(town: Book, coordinator: Actor) -> Book:
    """A town where lights are nobody's business, with secrets wherever one can be put."""
    town = without_lights(town)
    open_ = tell(
        town,
        "open",
        words="A hole; call 0772 123456 or ann@example.org",
        location="By the mosque, 0772123456",
        email="ann@example.org",
        name="Okello",
    )
    shut = tell(
        town, "shut", service="light", words="Dark behind the blue door", lat=0.1512, lon=32.0512
    )
    talking.note(actor=coordinator, case_id=open_.case_id, text="Okello made me sneeze")
    deciding.accept(actor=coordinator, case_id=open_.case_id, text="We come on Monday")
    deciding.accept(actor=coordinator, case_id=shut.case_id, text="We come behind the blue door")
    source = {"note": "Okello made me sneeze", "tel": "0772123456"}
    at = datetime(2020, 1, 1, tzinfo=UTC)
    words = "Okello lives here"
    record(town, [History(key="old", opened_at=at, words=words, source=source)], origin="old")
    return town


def without_lights(town: Book) -> Book:
    """The town, with lights that are private."""
    Service.objects.filter(city=town.id, code="light").update(public=False)
    City.objects.filter(pk=town.id).update(version=99)
    books.forget()
    return books.book_of(town.id)
