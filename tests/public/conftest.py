"""A reader of the pages, and reports to read about."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.base.floods import WINDOW
from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import Receipt, submit
from ngoma.people.permissions import Actor, staff
from ngoma.public import flooding


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    flooding.forget()


@pytest.fixture
def early() -> Iterator[None]:
    """Time stands early in a window of floods: where one ends, what it counted begins to fade."""
    at = now().timestamp()
    with frozen(datetime.fromtimestamp(at - at % WINDOW + 60, UTC)):
        yield


@pytest.fixture
def reader(town: Book) -> Client:
    """A browser without cookies, in a small city."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def tell(town: Book) -> Callable[..., Receipt]:
    """Hands a report in."""
    count = 0

    def tell(**said: Any) -> Receipt:
        nonlocal count
        count += 1
        defaults = {
            "book": town,
            "words": "A deep hole",
            "service": "pothole",
            "lat": 0.15,
            "lon": 32.05,
        }
        return submit(Submission(origin="test", key=str(count), channel="web", **defaults | said))

    return tell


@pytest.fixture
def officer(town: Book) -> Actor:
    """Somebody of the staff who may do everything."""
    from ngoma.records.models import Membership, User

    user = User.objects.create_user("officer")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)
