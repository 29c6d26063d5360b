"""How many reports came: by hour and by day, service, district and channel, kept behind the events.

An hour is one of the city's own clock. When it is put back, two hours have one number, and a day
has all the same the reports that its residents told on it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from ngoma.cities.book import Book, book_of
from ngoma.insight import sums
from ngoma.insight.sums import Row, remember, summed
from ngoma.records.models import Arrived, Case, Channel
from ngoma.records.queries import arrivals
from ngoma.records.queries.arrivals import Told
from ngoma.records.queries.events import behind
from ngoma.records.sql import counts
from ngoma.records.sql.counts import ARRIVALS, DAYS, HOURS
from ngoma.work import reading
from ngoma.work.reading import BATCH
from ngoma.work.timers import for_a_second

READER = "arrivals"
CHANNELS = {channel: number for number, channel in enumerate(Channel.values)}
"""The number of each channel in the sums: a new channel comes last."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - of the city's clock
_HOUR = timedelta(hours=1)


def follow() -> None:
    """Count what has come since; of very much, as much as can be done in a second."""
    for_a_second(lambda: behind(READER) and read_batch() == BATCH)


def read_batch(limit: int = BATCH) -> int:
    """Count the reports of the next events. Returns how many events were read."""
    return reading.read_batch(READER, write, limit)


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the sums and make them again from the first event on."""
    sums.rebuild(READER, Arrived, ARRIVALS, write, progress)


def hour_of(book: Book, at: datetime) -> int:
    """The hour of the city's clock that a moment lies in, as the sums number it."""
    return (at.astimezone(book.zone).replace(tzinfo=None) - _EPOCH) // _HOUR


def write(cases: Sequence[Case]) -> None:
    """Count cases as they stand, instead of as what they were counted before."""
    told = arrivals.told([case.pk for case in cases])
    signed = remember(Arrived, [each.report_id for each in told], _standing(told))
    counts.add(HOURS, summed((sign, _row(each, each.hour)) for sign, each in signed))
    counts.add(DAYS, summed((sign, _row(each, each.hour // 24)) for sign, each in signed))


def _standing(told: Sequence[Told]) -> Iterator[Arrived]:
    for each in told:
        book = book_of(each.city_id)
        yield Arrived(
            report_id=each.report_id,
            city_id=each.city_id,
            hour=hour_of(book, each.at),
            service=each.service_id or 0,
            place=book.district(each.place_id) or 0,
            channel=CHANNELS[each.channel],
        )


def _row(each: Arrived, time: int) -> Row:
    return (each.city_id, time, each.service, each.place, each.channel), (1,)
