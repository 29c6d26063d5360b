"""The replay: what an older system recorded happens again, before one's eyes and faster.

What had happened before the start is imported as history. From then on each request is handed in
at its moment as residents do, is read by triage, and ends when it ended, by the verbs of the desk;
the clock of all processes runs at the pace of the replay.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import structlog
from django.conf import settings
from django.db import OperationalError

from ngoma.base import clock
from ngoma.base.clock import Pace, frozen, now
from ngoma.casework import deciding, reminding, working
from ngoma.casework.errors import Refusal
from ngoma.casework.recording import History
from ngoma.casework.workflow import ENDED
from ngoma.cities.book import Book
from ngoma.insight import arriving, counting, performing, searching
from ngoma.insight.forecast import foretelling
from ngoma.insight.situation import DAYS
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import submit
from ngoma.ledger import sealing
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Case, Channel, City, Report, Role, State, User
from ngoma.records.queries.events import behind
from ngoma.settings import prepare
from ngoma.settings.demo import cast

log = structlog.get_logger(__name__)

_SOON = timedelta(minutes=10)
"""Of the replay: how long after its request a case ends at the earliest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A request that was made, or one that `ended`."""

    at: datetime
    history: History
    ended: bool


def stage(mapping: Mapping, say: Callable[[str], None]) -> Book:
    """A new installation with the mapping's city and people of a demonstration. Raises SourceError
    where the mapping brings no city."""
    prepare.migrate(say)
    prepare.collect_static(say)
    book = importing.destination(mapping)
    cast(City.objects.get(pk=book.id))
    return book


def past(
    path: Path, book: Book, mapping: Mapping, start: datetime, progress: importing.Progress
) -> list[Moment]:
    """Import what was known at the start; returns what happened afterwards, in order.

    Raises SourceError where the file cannot be read.
    """
    later: list[Moment] = []

    def known(history: History) -> History | None:
        ends = history.changed_at if history.ended else None
        if ends is not None and ends >= start:
            later.append(Moment(max(ends, history.opened_at + _SOON), history, ended=True))
        if history.opened_at >= start:
            later.append(Moment(history.opened_at, history, ended=False))
            return None
        if history.changed_at is None or history.changed_at < start:
            return history
        state = State.ACCEPTED if history.state in ENDED else history.state
        return replace(history, changed_at=None, ended=False, state=state, text="")

    with frozen(start):
        rejected = Path(settings.NGOMA_DATA) / "rejected.csv"
        importing.run(
            path, book, mapping, rejected=rejected, progress=progress, change=known, demo=True
        )
    return sorted(later, key=lambda moment: moment.at)


def catch_up(book: Book, start: datetime) -> None:
    """Let all that is kept behind the events take in what was imported, and foretell each of the
    days before the start as it would have been."""
    readers = (searching, counting, performing, arriving, reminding, sealing)
    with frozen(start):
        for reader in readers:
            while behind(reader.READER):
                reader.follow()
        for back in range(DAYS, 0, -1):
            foretelling.make(book, (start - timedelta(days=back)).astimezone(book.zone).date())


def set_clock(start: datetime, speed: float) -> None:
    """Let time pass from the start on, in this process and in those that it begins."""
    pace = Pace(start, datetime.now(UTC), speed)
    os.environ["NGOMA_CLOCK"] = pace.text
    clock.run(Pace.read(pace.text))


def play(
    book: Book, mapping: Mapping, moments: list[Moment], progress: Callable[[int], object]
) -> None:
    """Let everything happen at its moment. Returns when the last has."""
    actor = staff(User.objects.get(username=f"{book.slug}-{Role.COORDINATOR}"))
    for done, moment in enumerate(moments, 1):
        _wait_for(moment.at)
        while not _happened(book, mapping, actor, moment):
            sleep(1)
        progress(done)


def _happened(book: Book, mapping: Mapping, actor: Actor, moment: Moment) -> bool:
    """Do it; False where the database was too busy: what is handed in again is known by its key."""
    happen = _end if moment.ended else _tell
    with frozen(moment.at):
        try:
            happen(book, mapping, actor, moment.history)
        except (Refused, Refusal) as refusal:
            log.warning("not replayed", key=moment.history.key, reason=str(refusal))
        except OperationalError:
            return False
    return True


def _wait_for(at: datetime) -> None:
    speed = Pace.read(os.environ["NGOMA_CLOCK"]).speed
    while (left := (at - now()).total_seconds() / speed) > 0:
        sleep(min(left, 0.5))


def _tell(book: Book, mapping: Mapping, _actor: Actor, told: History) -> None:
    service = book.services.get(told.service_id or 0)
    place = book.places.get(told.place_id or 0)
    submit(
        Submission(
            book=book,
            origin=mapping.origin,
            key=told.key,
            channel=Channel.OPEN311,
            words=told.words or (service.names[book.languages[0]] if service else ""),
            lat=told.lat,
            lon=told.lon,
            location=told.location,
            place=place.code if place else None,
            service=service.code if service and not service.retired else None,
            at=told.opened_at,
            demo=True,
        )
    )


def _end(book: Book, mapping: Mapping, actor: Actor, told: History) -> None:
    report = Report.objects.filter(city=book.id, origin=mapping.origin, key=told.key).first()
    if report is None:
        return  # it had been refused
    case = Case.objects.get(pk=report.case_id)
    if case.state == State.RECEIVED:
        deciding.accept(actor=actor, case_id=case.pk, service_id=told.service_id)
    working.resolve(actor=actor, case_id=case.pk, text=told.text or _DONE)


_DONE = "Closed"
"""What is said where the older system only said that a request had ended."""
