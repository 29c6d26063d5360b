"""One step done to many cases: it waits while it can be undone, then is done in portions.

Every case is decided by its own verb, with its own check of state and permission. What is refused
is noted and does not hinder the rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from ngoma.base.clock import now
from ngoma.base.days import day
from ngoma.base.references import show
from ngoma.casework import assigning, deciding, talking, working
from ngoma.casework.consequences import time_to_undo
from ngoma.casework.errors import BadRequest, NotAllowed, Refusal, UnknownCase, WrongState
from ngoma.casework.wording import told
from ngoma.cities.book import Book, book_of, text
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Batch, Case, User
from ngoma.work.queue import put

PORTION = 50
"""Cases of one transaction: others who change a case wait for no longer than that takes."""
MOST = 1000

STEPS: dict[str, Callable[..., Case]] = {
    "answer": talking.answer,
    "accept": deciding.accept,
    "resolve": working.resolve,
    "reject": deciding.reject,
    "assign": assigning.assign,
}
"""What can be done to many at once."""
_SPEAKING = frozenset({"answer", "accept", "resolve", "reject"})
FIELDS = ("reference", "service", "place", "date", "due")
"""What a text may have in braces: of each case its own."""
_BRACES = re.compile(r"\{([^{}]*)\}")


def begin(
    *,
    user: User,
    city_id: int,
    step: str,
    case_ids: Sequence[int],
    texts: Mapping[str, str],
    **fields: Any,
) -> Batch:
    """Note what is to be done to the cases, and have it begin when it can no longer be undone.

    `texts` are by language and may name `FIELDS` in braces. Raises `BadRequest` for an unknown
    step, no or too many cases, a text that is missing, too long, or has other braces.
    """
    if step not in STEPS:
        raise BadRequest("step", "unknown")
    if not 1 <= len(case_ids) <= MOST:
        raise BadRequest("cases", "out_of_range")
    spoken = {language: told(text) for language, text in texts.items() if text.strip()}
    if step in ("answer", "resolve") and not spoken:
        raise BadRequest("text", "missing")
    for each in spoken.values():
        _fill(each, dict.fromkeys(FIELDS, ""))
    starts_at = now() + time_to_undo()
    with transaction.atomic():
        batch = Batch.objects.create(
            city_id=city_id,
            user=user,
            step=step,
            fields=fields,
            texts=spoken,
            cases=list(dict.fromkeys(case_ids)),
            made_at=now(),
            starts_at=starts_at,
        )
        put("casework.batch", {"batch": batch.pk}, run_at=starts_at)
    return batch


def stop(batch_id: int) -> Batch:
    """Leave what has not been done yet; before it began nothing is done at all."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state in (Batch.State.WAITING, Batch.State.RUNNING):
            batch.state, batch.ended_at = Batch.State.STOPPED, now()
            batch.save()
    return batch


def run(batch: int) -> None:
    """Do the next portion, and put the job for the one after it. Job `casework.batch`."""
    found = Batch.objects.select_for_update().get(pk=batch)
    if found.state not in (Batch.State.WAITING, Batch.State.RUNNING):
        return
    actor = staff(found.user)
    portion = found.cases[found.tried : found.tried + PORTION]
    cases = Case.objects.filter(city=found.city_id).in_bulk(portion)
    for case_id in portion:
        try:
            _do(found, actor, case_id, cases.get(case_id))
        except Refusal as refusal:
            found.failures.append([case_id, *_why(refusal)])
    found.tried += len(portion)
    done = found.tried >= len(found.cases)
    found.state = Batch.State.DONE if done else Batch.State.RUNNING
    found.ended_at = now() if done else None
    found.save()
    if not done:
        put("casework.batch", {"batch": batch})


def _do(batch: Batch, actor: Actor, case_id: int, case: Case | None) -> None:
    if case is None:
        raise UnknownCase(f"no case {case_id}")
    words = {}
    if batch.step in _SPEAKING and batch.texts:
        book = book_of(batch.city_id)
        texts = {tag: _fill(said, _facts(book, case, tag)) for tag, said in batch.texts.items()}
        words = {"text": next(iter(texts.values())), "texts": texts}
    STEPS[batch.step](actor=actor, case_id=case_id, **batch.fields, **words)


def _facts(book: Book, case: Case, language: str) -> dict[str, str]:
    """What the braces of a text stand for."""
    service = book.services.get(case.service_id) if case.service_id else None
    place = book.places.get(case.place_id) if case.place_id else None
    return {
        "reference": show(case.reference),
        "service": text(service.names, language) if service else "",
        "place": text(place.names, language) if place else "",
        "date": day(now().astimezone(book.zone), language),
        "due": day(case.due.astimezone(book.zone), language) if case.due else "",
    }


def _fill(template: str, facts: Mapping[str, str]) -> str:
    """The template with its fields put in. Raises `BadRequest` for braces around other words."""
    if any(name not in facts for name in _BRACES.findall(template)):
        raise BadRequest("text", "braces")
    return _BRACES.sub(lambda found: facts[found[1]], template)


def _why(refusal: Refusal) -> tuple[str, str]:
    """A refusal as field and code."""
    match refusal:
        case BadRequest():
            return refusal.field, refusal.code
        case WrongState():
            return "state", refusal.state
        case NotAllowed():
            return "case", "not_allowed"
    return "case", "unknown"
