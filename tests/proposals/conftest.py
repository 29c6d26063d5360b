"""Reports that triage has read."""

from collections.abc import Callable
from typing import Any

import pytest

from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt, submit
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Membership, User
from ngoma.work import worker
from tests.intake import told


@pytest.fixture
def hear(town: Book) -> Callable[..., Receipt]:
    """Takes a report in and has everything done that follows from it."""

    def hear(words: str, **said: Any) -> Receipt:
        receipt = submit(told(town, words=words, **said))
        worker.run_until_idle()
        receipt.case.refresh_from_db()
        return receipt

    return hear


@pytest.fixture
def coordinator(town: Book) -> Actor:
    """Somebody who decides."""
    user = User.objects.create_user("carol")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)
