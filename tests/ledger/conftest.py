"""A town where something happens, and its log."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, rating, talking, working
from ngoma.casework.errors import Refusal
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.ledger import sealing
from ngoma.people.permissions import Actor, resident, staff
from ngoma.records.models import Event, Membership, Report, User

STEPS: dict[str, Callable[..., Any]] = {
    "accept": lambda who, case: deciding.accept(actor=who, case_id=case, text="We come"),
    "start": lambda who, case: working.start(actor=who, case_id=case),
    "note": lambda who, case: talking.note(actor=who, case_id=case, text="A note"),
    "answer": lambda who, case: talking.answer(actor=who, case_id=case, text="Soon"),
    "resolve": lambda who, case: working.resolve(actor=who, case_id=case, text="Mended"),
    "reopen": lambda who, case: working.reopen(actor=who, case_id=case),
    "rate": lambda who, case: rating.rate(
        actor=resident(Report.objects.filter(case=case)[0]), case_id=case, score=4
    ),
}


@pytest.fixture(autouse=True)
def own_key(settings: Any, tmp_path: Path) -> None:
    """A key for each test."""
    settings.NGOMA_LEDGER_KEY = str(tmp_path / "keys" / "ledger")


@pytest.fixture
def town(transactional_db: None) -> Book:
    """A small city. Events are committed: nothing is sealed of a transaction that is still open."""
    book.forget()
    return book.book_of(load(Path(__file__).parents[1] / "cities" / "small").pk)


@pytest.fixture
def coordinator(town: Book) -> Actor:
    """Somebody who may do everything that staff may."""
    user = User.objects.create_user("nakato")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)


@pytest.fixture
def live(town: Book, coordinator: Actor) -> Callable[..., None]:
    """Lets so many events happen at random, minutes apart, and seals them as they come."""

    def live(count: int, *, seed: int = 1, seal_every: int = 7) -> None:
        draw, at = Random(seed), now() - timedelta(hours=2)
        until = Event.objects.count() + count
        while Event.objects.count() < until:
            at += timedelta(seconds=draw.randrange(1, 20))
            with frozen(at):
                _happen(town, coordinator, draw, at)
                if draw.randrange(seal_every) == 0:
                    sealing.follow()
        sealing.follow()

    return live


def _happen(town: Book, coordinator: Actor, draw: Random, at: datetime) -> None:
    cases = list(Report.objects.values_list("case", "reference"))
    if not cases or draw.random() < 0.25:
        known = draw.choice(cases)[1] if cases and draw.random() < 0.3 else None
        tell(town, key=str(len(cases)), words=f"Hole number {draw.random()}", joins=known, at=at)
        return
    try:
        STEPS[draw.choice(sorted(STEPS))](coordinator, draw.choice(cases)[0])
    except Refusal:
        return  # not in this state


def tell(town: Book, *, key: str, at: datetime | None = None, **given: Any) -> Report:
    """A report as it comes."""
    told = {"words": "A hole", "lat": 0.15, "lon": 32.05, "location": "by the market"} | given
    submission = Submission(
        book=town, origin="test", key=key, channel="web", service="pothole", at=at, **told
    )
    return submit(submission).report
