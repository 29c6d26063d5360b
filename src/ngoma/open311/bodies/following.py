"""What another body does with a case of ours comes back: as its answer in the case, each once.

A case that was handed on stays so: the other body decides when it is done, and we tell it. Their
server is asked less often the longer nothing moves, and one that is down, lies or never comes to
rest costs a few questions and a few sentences at most.
"""

import hashlib
import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from ngoma.base.clock import now
from ngoma.casework import talking
from ngoma.cities.book import Book, book_of, text
from ngoma.open311.bodies import remote
from ngoma.open311.bodies.remote import Senseless, Told, Unreachable
from ngoma.open311.refusing import say
from ngoma.people.permissions import body as program
from ngoma.records.models import Event, Forwarded, State
from ngoma.triage.privacy import find_private, redact
from ngoma.work.queue import put

ASK = "open311.ask_body"

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=1)
"""Between two questions; in between an eighth of the time for which nothing has moved."""

SPACED = timedelta(hours=1)
"""Between two things that are told, however quickly they change their mind."""

MOST_TOLD = 30
"""Things told of one request; whoever has more to say writes to the city."""

CLOSED_FOR, SILENT_FOR = timedelta(days=30), timedelta(days=365)
"""How long a request that is closed, and any other, is asked about after it moved last."""

SECONDS = 20.0
"""For one round with a body; the rest of it comes in the next."""

log = structlog.get_logger(__name__)


def watch() -> None:
    """Have each body asked of which some request is due. Called by the clock."""
    due = Forwarded.objects.filter(ask_at__lte=now())
    for city, body in due.order_by().values_list("city", "body").distinct():
        put(ASK, {"city": city, "body": body}, key=f"ask body {city} {body}")


def ask(city: int, body: str, *, seconds: float = SECONDS) -> None:
    """Ask a body about what is due. Job `open311.ask_body`, which must not run in a transaction.

    Where its server does not answer, all that is due waits for another time.
    """
    until = time.monotonic() + seconds
    there = (book_of(city).body(body) or {}).get("open311")
    due = Forwarded.objects.filter(city=city, body=body, ask_at__lte=now())
    if not there:  # the pack names no server of this body any more
        due.update(ask_at=None)
        return
    for row in due.order_by("ask_at", "pk")[:100]:
        if time.monotonic() > until:
            return
        try:
            _look(row, there)
        except Senseless as error:
            _failed(row, str(error))
        except Unreachable as error:
            log.warning("body not asked", city=city, body=body, reason=str(error))
            _failed(row, str(error))
            due.update(ask_at=now() + _rest(row))
            return


def _look(row: Forwarded, there: dict[str, str]) -> None:
    if not _is_theirs(row):
        Forwarded.objects.filter(pk=row.pk).update(ask_at=None)
        return
    known = row.number or remote.number(there, row.token)
    if not known:  # they have not looked at it yet
        _keep(row.pk, "", None)
        return
    _keep(row.pk, known, remote.look(there, known))


def _is_theirs(row: Forwarded) -> bool:
    """Whether the case still is with the body, by the referral with which it was handed on."""
    handed_on = row.notice.event
    if handed_on is None or handed_on.case.state != State.REFERRED:
        return False
    referrals = Event.objects.filter(case=handed_on.case_id, kind="referred", undone=False)
    return referrals.order_by("-seq").values_list("pk", flat=True).first() == handed_on.pk


@transaction.atomic
def _keep(pk: int, number: str, told: Told | None) -> None:
    """Keep what was told, and tell the case what is news of it, in one: never one of them alone."""
    row = Forwarded.objects.select_for_update().get(pk=pk)
    row.number, row.failures, row.error = number, 0, ""
    if told is not None:
        _tell(row, told)
    row.ask_at = _next(row)
    row.save()


def _tell(row: Forwarded, told: Told) -> None:
    notes = hashlib.sha256(told.notes.encode()).hexdigest() if told.notes else ""
    key = _news(row, told, is_new=notes not in ("", row.notes))
    # While they were asked, the case may have come back to us.
    if key and not (_is_theirs(row) and _answered(row, key, told)):
        return
    row.status, row.notes = told.status or row.status, notes or row.notes


def _news(row: Forwarded, told: Told, *, is_new: bool) -> str:
    """Which sentence tells what has changed; empty where nothing has that anybody needs to hear."""
    if told.status == "closed" and row.status != "closed":
        return "body_closed"
    if told.status == "open" and row.status == "closed":
        return "body_reopened"
    return "body_says" if is_new else ""


def _answered(row: Forwarded, key: str, told: Told) -> bool:
    """Answer the reporters in their languages. False where that has to wait."""
    if row.tellings and now() - row.moved_at < SPACED:
        return False
    assert row.notice.event is not None
    book = book_of(row.city_id)
    texts = {tag: _sentence(book, row, key, told, tag) for tag in book.languages}
    talking.answer(
        actor=program(book.id),
        case_id=row.notice.event.case_id,
        text=texts[book.languages[0]],
        texts=texts,
    )
    row.tellings, row.moved_at = row.tellings + 1, now()
    return True


def _sentence(book: Book, row: Forwarded, key: str, told: Told, language: str) -> str:
    """What changed, and what they say of it: published, so nothing private of anybody."""
    named = (book.body(row.body) or {})["name"]
    said = say(key, language, body=text(named, language), number=row.number)
    notes = redact(told.notes, find_private(told.notes, book.country))
    return "\n".join(filter(None, (said, notes)))


def _failed(row: Forwarded, reason: str) -> None:
    row.failures = min(row.failures + 1, 1000)
    Forwarded.objects.filter(pk=row.pk).update(
        failures=row.failures, error=reason[:200], ask_at=_next(row)
    )


def _next(row: Forwarded) -> datetime | None:
    """When to ask again; None where there is nothing more to hear."""
    still = now() - row.moved_at
    over = still > (CLOSED_FOR if row.status == "closed" else SILENT_FOR)
    return None if over or row.tellings >= MOST_TOLD else now() + _rest(row)


def _rest(row: Forwarded) -> timedelta:
    rest = max(SHORTEST, (now() - row.moved_at) / 8)
    return min(rest * 2.0 ** min(row.failures, 7), LONGEST)
