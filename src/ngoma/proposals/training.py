"""Learning from decisions: every night, or by hand; a model is used only if it is better.

A training sets the newest decisions aside, learns from the others, and reads those set aside with
the new model and with what is in use. Only if the new one is better with confidence, it is trained
once more on all of them and used from then on. So for each lesson: the service, and the danger; and
for what two reports of one problem have in common (`merging`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.proposals import in_use
from ngoma.proposals.catalogues import catalogue
from ngoma.proposals.lessons import LESSONS, Decided, Lesson
from ngoma.proposals.merging import known_pairs, learn_sameness
from ngoma.records.models import Learned
from ngoma.records.queries.decided import decided
from ngoma.triage.interface import Submission
from ngoma.triage.sentences import Vectors
from ngoma.triage.training import meanings, train

LEAST = 200
"""Decisions from which something can be learned."""

MOST = 50_000
"""The newest decisions are learned from."""

SET_ASIDE = 0.2
MOST_SET_ASIDE = 1000
CONFIDENCE = 0.95


def learn(book: Book, *, nightly: bool = False) -> list[Learned]:
    """Learn from the city's decisions; what is returned says what came of each lesson.

    Empty where too few were made, or where it is `nightly` and this night's was begun already.
    Takes minutes; holds no transaction open meanwhile.
    """
    night = now().astimezone(book.zone).date() if nightly else None
    same = _learn_sameness(book, night)
    known = _decided(book)
    older = known[: -_aside(known)]
    if len(known) < LEAST:
        return same
    begun = [
        (lesson, row)
        for lesson in LESSONS
        if lesson.enough([lesson.label(each) for each in older])
        and (row := _begin(book, lesson.task, night, len(known)))
    ]
    meaning = meanings([each.submission.words for each in known]) if begun else None
    for lesson, row in begun:
        _learn(book, lesson, row, known, meaning)
    in_use.look_again()
    return [*same, *(row for _, row in begun)]


def _learn_sameness(book: Book, night: date | None) -> list[Learned]:
    pairs = known_pairs(book)
    row = _begin(book, Learned.Task.SAME, night, len(pairs)) if pairs else None
    if row is None:
        return []
    learn_sameness(book, row, pairs)
    row.used_at = now() if row.data else None
    row.save()
    in_use.look_again()
    return [row]


def _begin(book: Book, task: Learned.Task, night: date | None, decisions: int) -> Learned | None:
    try:
        with transaction.atomic():
            return Learned.objects.create(
                city_id=book.id,
                task=task,
                started_at=now(),
                night=night,
                decisions=decisions,
            )
    except IntegrityError:
        return None


def _learn(
    book: Book, lesson: Lesson, row: Learned, known: Sequence[Decided], meaning: Vectors | None
) -> None:
    """One lesson: how the newest decisions are met by what is in use, and by what the older ones
    teach; and if that is better, the model of all."""
    city, aside = catalogue(book), _aside(known)
    examples = [lesson.example(each, city) for each in known]
    old_meaning = None if meaning is None else meaning[:-aside]
    candidate = train(examples[:-aside], old_meaning, aim=lesson.aim)
    used = in_use.model_of(book.id, lesson.task)
    before = [lesson.predict(each, city, used) for each in known[-aside:]]
    after = [lesson.predict(each, city, candidate) for each in known[-aside:]]
    row.figures = {
        "set_aside": aside,
        "before": lesson.figures(before),
        "after": lesson.figures(after),
        "better": lesson.better(after, before),
    }
    if row.figures["better"] >= CONFIDENCE:
        model = train(examples, meaning, name=f"learned-{row.pk}", aim=lesson.aim)
        row.data, row.used_at = model.to_bytes(), now()
    row.save()


def told(row: Learned) -> str:
    """What came of a training, in a line."""
    gains = next((each.gains for each in LESSONS if each.task == row.task), {"surprise": "cost"})
    before, after = row.figures["before"], row.figures["after"]
    gained = ", ".join(
        f"{name} {before[field]:.3f} → {after[field]:.3f}" for name, field in gains.items()
    )
    return (
        f"{row.task}: learned-{row.pk} from {row.decisions} decisions; of the newest "
        f"{row.figures['set_aside']} {gained}, better with {row.figures['better']:.0%}: "
        f"{'used from now on' if row.used_at else 'not used'}"
    )


NOTHING = (
    f"nothing to learn: below {LEAST} decisions, or all older ones are of one service, "
    "or this night's training was begun"
)


def _aside(known: Sequence[Any]) -> int:
    """How many of the newest decisions are set aside."""
    return max(1, min(MOST_SET_ASIDE, int(len(known) * SET_ASIDE)))


def _decided(book: Book) -> list[Decided]:
    rows = decided(book.id, limit=MOST)
    return [Decided(Submission(**said), service_id, urgency) for service_id, urgency, said in rows]


def withdraw(book: Book, task: str = Learned.Task.SERVICE) -> Learned | None:
    """Go back to the model that was in use for a task before, or to the pack's words; returns what
    was withdrawn."""
    number = in_use.number_in_use(book.id, task)
    if number is None:
        return None
    row = Learned.objects.get(pk=number)
    row.withdrawn_at = now()
    row.save(update_fields=["withdrawn_at"])
    in_use.look_again()
    return row
