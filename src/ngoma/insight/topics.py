"""Rising words: once an hour what the reports of a city say is compared with the weeks before."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import book_of, books
from ngoma.records.models import Topic
from ngoma.records.queries import topics
from ngoma.records.queries.topics import Told
from ngoma.triage.rising import Said, rising
from ngoma.work.queue import put

RECENT = timedelta(days=7)
"""A week, so that every day of it is compared with its like."""

PAST = timedelta(weeks=8)
"""Weeks before, with which it is compared."""

MOST_RECENT, MOST_PAST = 5_000, 10_000
"""Reports that are read at most, so that the job takes a second: of more the recent time is
shorter."""

MOST_CASES = 20
_SHOWN = 30
"""Words of a language that are kept."""


def watch() -> None:
    """Put a job to compare the words of each city. Called by the clock."""
    for book in books():
        put("insight.topics", {"city": book.id}, key=f"topics {book.id}")


def look(city: int) -> None:
    """Compare the words of a city, language by language, and keep those that rise. Job
    `insight.topics`; again, it finds the same."""
    at, hidden = now(), book_of(city).private_services
    recent = topics.told(city, at - RECENT, at, hidden=hidden, most=MOST_RECENT)
    since = recent[-1].at if len(recent) == MOST_RECENT else at - RECENT
    past = topics.told_before(city, since - PAST, since, hidden=hidden, most=MOST_PAST)
    before = _by_language(past)
    rows = [
        row
        for language, told in _by_language(recent).items()
        for row in _rows(city, language, told, before.get(language, ()), since, at)
    ]
    with transaction.atomic():
        Topic.objects.filter(city=city).delete()
        Topic.objects.bulk_create(rows)


def _rows(
    city: int,
    language: str,
    recent: Sequence[Told],
    past: Sequence[Told],
    since: datetime,
    at: datetime,
) -> list[Topic]:
    found = rising(
        [Said(each.case_id, each.words) for each in recent], [each.words for each in past]
    )
    return [
        Topic(
            city_id=city,
            language=language,
            words=each.words,
            reports=each.reports,
            usual=round(each.before * len(recent) / max(len(past), 1), 2),
            z=each.z,
            cases=list(each.cases[:MOST_CASES]),
            since=since,
            at=at,
        )
        for each in found[:_SHOWN]
    ]


def _by_language(told: Sequence[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        found[each.language].append(each)
    return found
