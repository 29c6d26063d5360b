"""A town with staff at its desk, and reports that wait there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from ngoma.cities.book import Book
from ngoma.insight import searching
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.records.models import Case, Membership, User
from ngoma.work.worker import run_until_idle


@pytest.fixture(autouse=True)
def _fresh(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


@pytest.fixture
def at_work(town: Book) -> Callable[..., Client]:
    """A browser in which somebody with a role is logged in."""

    def at_work(role: str, department: str | None = None, language: str = "en") -> Client:
        name = f"{role}-{department or 'all'}-{User.objects.count()}"
        user = User.objects.create_user(name, password="drum", language=language)
        found = town.department_by_code[department].id if department else None
        Membership.objects.create(user=user, city_id=town.id, department_id=found, role=role)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return at_work


@pytest.fixture
def coordinator(at_work: Callable[..., Client]) -> Client:
    """Somebody who may do everything that staff may."""
    return at_work("coordinator")


@pytest.fixture
def told(town: Book) -> Callable[..., Case]:
    """A report that came in and was read."""

    def told(words: str = "A pothole near the market", **more: Any) -> Case:
        count = Case.objects.count()
        defaults = {"service": "pothole", "lat": 0.15, "lon": 32.05, "channel": "web"}
        receipt = submit(
            Submission(book=town, words=words, origin="test", key=str(count), **defaults | more)
        )
        run_until_idle()
        searching.follow()
        receipt.case.refresh_from_db()
        return receipt.case

    return told


@pytest.fixture
def act() -> Callable[..., Any]:
    """Sends a form about a case as the page shows it now."""

    def act(client: Client, case: Case, name: str, **fields: Any) -> Any:
        case.refresh_from_db()
        form = {"version": case.version, "from": "case"} | fields
        return client.post(f"/desk/small/cases/{case.reference}/{name}/", form)

    return act
