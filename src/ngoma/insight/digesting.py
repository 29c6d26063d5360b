"""The digest: how a city stands in the morning of a working day, for those who want it by mail."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of, books
from ngoma.insight.forecast.kept import EPOCH
from ngoma.records.models import Burst, Digest, Topic
from ngoma.records.queries import arrivals, bursts, digests, topics, worklist
from ngoma.records.queries.digests import Day, Figures, Load, Rise, Word
from ngoma.work.queue import put

FROM_HOUR, UNTIL_HOUR = 7, 12
"""Hours of the city between which the morning is told of: after an outage not in the evening."""

WEEKS = 8
"""Of what came on a weekday before, the mean is what is usual."""

_DAY = timedelta(days=1)
_LONGEST_BREAK = 14
"""Days without work that are told of at most."""


def watch() -> None:
    """Put a job for each city where the morning of a working day was not told of. Called by the
    clock."""
    for book in books():
        local = now().astimezone(book.zone)
        if not FROM_HOUR <= local.hour < UNTIL_HOUR or not _works(book, local.date()):
            continue
        if not Digest.objects.filter(city=book.id, day=local.date()).exists():
            put("insight.digest", {"city": book.id}, key=f"digest {book.id}")


def make(city: int) -> None:
    """Keep how the city stands, once a day, and have it told. Job `insight.digest`."""
    book, at = book_of(city), now()
    today = at.astimezone(book.zone).date()
    row, new = Digest.objects.get_or_create(
        city_id=city,
        day=today,
        defaults={"made_at": at, "figures": msgspec.to_builtins(_figures(book, today, at))},
    )
    if new:
        put("notices.digest", {"digest": row.pk})


def _figures(book: Book, today: date, at: datetime) -> Figures:
    days = list(_days(book, today))
    since = datetime.combine(days[-1].day if days else today, time(), book.zone)
    risen = topics.rising(book.id)
    found = bursts.since(book.id, since)
    cases = [each.cases for each in risen] + [each.cases for each in found]
    departments = digests.departments_of(case for several in cases for case in several)
    return Figures(
        days=days,
        words=[_word(each, departments) for each in sorted(risen, key=lambda each: -each.z)],
        bursts=[_rise(book, each, departments) for each in found],
        loads=_loads(book, at, datetime.combine(today + _DAY, time(), book.zone)),
    )


def _days(book: Book, today: date) -> Iterator[Day]:
    """Yesterday, and before it the days without work and the working day before them."""
    number = (today - EPOCH).days
    known = arrivals.by_day(book.id, number - _LONGEST_BREAK - 7 * WEEKS, number - 1)
    first = arrivals.first_day(book.id)
    came: dict[int, int] = {}
    for each in known:
        came[each.day] = came.get(each.day, 0) + each.reports
    for back in range(1, _LONGEST_BREAK + 1):
        day = number - back
        weeks = [day - 7 * week for week in range(1, WEEKS + 1)]
        like = [came.get(each, 0) for each in weeks if first is not None and each >= first]
        usual = round(sum(like) / len(like), 1) if like else None
        yield Day(today - back * _DAY, came.get(day, 0), usual)
        if _works(book, today - back * _DAY):
            return


def _works(book: Book, day: date) -> bool:
    """Whether the city works on a day at all."""
    begin, end = (datetime.combine(each, time(), book.zone) for each in (day, day + _DAY))
    return book.calendar.between(begin, end) > timedelta()


def _word(topic: Topic, departments: Mapping[int, int | None]) -> Word:
    return Word(topic.words, topic.reports, topic.usual, _of(topic.cases, departments))


def _rise(book: Book, burst: Burst, departments: Mapping[int, int | None]) -> Rise:
    whole = burst.radius_m is None
    return Rise(
        service=burst.service_id,
        place=None if whole else book.locate(burst.lat, burst.lon).place_id,
        hours=burst.hours,
        reports=burst.reports,
        usual=round(burst.usual, 1),
        departments=_of(burst.cases, departments),
    )


def _of(cases: list[int], departments: Mapping[int, int | None]) -> list[int | None]:
    return list(dict.fromkeys(departments[each] for each in cases if each in departments))


def _loads(book: Book, at: datetime, tonight: datetime) -> list[Load]:
    late = {
        each.department_id: each.late
        for each in worklist.loads(book.id, None, at=at, tonight=tonight)
    }
    dangers = digests.dangers(book.id)
    found = [Load(each, late.get(each or 0, 0), dangers.get(each, 0)) for each in {*late, *dangers}]
    told = [each for each in found if each.late or each.dangers]
    return sorted(told, key=lambda each: (-each.dangers, -each.late, each.department or 0))
