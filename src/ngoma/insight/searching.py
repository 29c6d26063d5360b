"""The index of words, kept behind the events by a reader of its own.

A case is written as it stands now, whole, whenever its last event is read; so it does not matter
which events were read before, and reading them all again makes the same index.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from ngoma.base import syllables
from ngoma.cities.book import Book, book_of
from ngoma.people.publicity import public_event
from ngoma.records.models import Bookmark, Case, Event, Parked, Report
from ngoma.records.queries.events import behind
from ngoma.records.queries.live import last
from ngoma.records.queries.search import key, shortened
from ngoma.records.sql import search as index
from ngoma.records.sql.journal import empty_journal
from ngoma.records.sql.search import Entry
from ngoma.triage.privacy import MARKS, find_private
from ngoma.work import reading
from ngoma.work.queue import Later
from ngoma.work.reading import BATCH
from ngoma.work.timers import for_a_second

READER = "search"
SOON = 2
"""Seconds after which a job looks again whether it can go on."""
MOST_TERMS = 5000
"""Terms kept of one case: a vector of PostgreSQL holds 1 MB."""

_HIDDEN = frozenset({"phone", "email", "national_id"})
_APART = " | "
"""Between two texts, so that no pair of syllables reaches over both."""


def follow() -> None:
    """Index what has happened since; of very much, as much as can be done in a second."""
    for_a_second(lambda: behind(READER) and read_batch() == BATCH)


def read_batch() -> int:
    """Index the cases of the next events. Returns how many events were read."""
    return reading.read_batch(READER, write)


def forget(event: int, case: int) -> None:
    """The job after an erasure: leave no old copy of the words in the index and the journal."""
    erased = Event.objects.get(pk=event)
    mark = Bookmark.objects.filter(reader=READER).first() or Bookmark()
    if (mark.transaction, mark.event) < (erased.transaction, erased.pk):
        raise Later(SOON)
    if Parked.objects.filter(reader=READER, case=case).exists():
        raise Later(SOON)  # what was kept of it before is there still
    index.tidy()
    if not empty_journal():
        raise Later(SOON)


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the index and make it again, case by case; tells how many cases are done.

    What happened meanwhile is read by events after that. It may be interrupted: the worker goes on,
    from the first event.
    """
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        Parked.objects.filter(reader=READER).delete()
        index.drop()
        index.create()
    mark = last()
    done = reached = 0
    later = Case.objects.order_by("pk").values_list("pk", flat=True)
    while ids := list(later.filter(pk__gt=reached)[:BATCH]):
        with transaction.atomic():
            reading.write_all(READER, write, ids)
        reached, done = ids[-1], done + len(ids)
        progress(done)
    Bookmark.objects.update_or_create(
        reader=READER, defaults={"transaction": mark.transaction, "event": mark.event}
    )
    while read_batch():
        pass
    index.tidy()


def write(cases: Sequence[Case]) -> None:
    """Write the entries of cases as they stand, instead of those they had before."""
    index.write(list(_entries(cases)), instead_of=[key(case.opened_at, case.pk) for case in cases])


def _entries(cases: Sequence[Case]) -> Iterator[Entry]:
    """What the cases are found by; a case whose reports have gone to another is found there."""
    reports: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(case__in=cases).order_by("pk"):
        reports[report.case_id].append(report)
    told: dict[int, list[Event]] = defaultdict(list)
    events = Event.objects.filter(case__in=cases, data__has_key="text", undone=False)
    for event in events.order_by("seq"):
        told[event.case_id].append(event)
    for case in cases:
        if reports[case.pk]:
            yield _entry(book_of(case.city_id), case, reports[case.pk], told[case.pk])


def _entry(book: Book, case: Case, reports: Sequence[Report], told: Sequence[Event]) -> Entry:
    names = list(_names(book, case))
    seen = [text for each in reports for text in (each.public_words, each.public_location)]
    seen += [text for each in told for text in _said(_public(each))]
    own = [
        text for each in reports for text in (each.words, each.location, *_answers(each.answers))
    ]
    own += [text for each in told for text in _said(each.data)]
    clean = {name: name for name in names}
    clean |= {text: _without_persons(text, book.country) for text in (*seen, *own) if text}
    public = [clean[text] for text in (*names, *(seen if case.public else ())) if text]
    return Entry(key(case.opened_at, case.pk), book.id, _terms(clean.values()), _terms(public))


def _names(book: Book, case: Case) -> Iterator[str]:
    """The service's and the place's names in the city's languages, and those of what it lies in."""
    service = book.services.get(case.service_id) if case.service_id else None
    if service is not None:
        yield from service.names.values()
    for place_id in book.chain(case.place_id):
        yield from book.places[place_id].names.values()


def _answers(answers: dict[str, Any]) -> Iterator[str]:
    for answer in answers.values():
        yield from (answer if isinstance(answer, list) else [str(answer)])


def _said(data: Mapping[str, Any]) -> list[str]:
    """What an event says, in every language in which it says it."""
    return [data["text"], *data.get("texts", {}).values()] if "text" in data else []


def _public(event: Event) -> dict[str, Any]:
    return public_event(event.kind, event.data) or {}


def _terms(texts: Iterable[str]) -> list[str]:
    return shortened(syllables.pairs(_APART.join(texts)))[:MOST_TERMS]


def _without_persons(text: str, country: str) -> str:
    """The text without numbers and addresses that lead to a person, and without their marks."""
    pieces, at = [], 0
    for span in find_private(text, country):
        if span.kind in _HIDDEN:
            pieces.append(text[at : span.start])
            at = span.end
    text = _APART.join([*pieces, text[at:]])
    for mark in MARKS.values():
        text = text.replace(mark, _APART)
    return text
