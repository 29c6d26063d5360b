"""How the installation stands: every number that somebody should look at, or be called for.

All of it is asked of the database when Prometheus asks, so it is right whichever process answers
and whichever worker did the work. Labels are cities, kinds and channels: never a person.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import isinf

import structlog
from django.conf import settings
from django.db import Error, connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ngoma import __version__
from ngoma.base.clock import now
from ngoma.cities.book import books
from ngoma.insight import nightly
from ngoma.insight.arriving import CHANNELS, hour_of
from ngoma.ledger import publishing
from ngoma.proposals import quality
from ngoma.records.models import Asked, Notice, TimerRun
from ngoma.records.queries import arrivals, outcomes, watch
from ngoma.records.queries import quality as measurements
from ngoma.records.queries.ledger import length
from ngoma.records.sql import replica
from ngoma.work import registry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUANTILES = (0.5, 0.95, 0.99)

Row = tuple[Sequence[str], float]
"""Values of the labels, and the number."""

log = structlog.get_logger(__name__)


class Standing(Collector):
    """Asks everything, once for each scrape."""

    def collect(self) -> Iterator[Metric]:
        """All families. While the database is away, those that need none."""
        began = time.perf_counter()
        yield from _machine()
        found: list[Metric] = []
        try:
            for ask in _ASKED:
                found += ask()
        except Error as error:
            log.warning("the database does not answer", error=str(error))
            found = []
        yield from found
        yield _one("ngoma_database_answers", "Whether the database answered: 1 or 0.", bool(found))
        seconds = time.perf_counter() - began
        yield _one("ngoma_scrape_seconds", "How long asking for the standing took.", seconds)


def _machine() -> Iterator[Metric]:
    about = [((__version__, connection.vendor), 1.0)]
    yield _gauge("ngoma_info", "What runs here.", ("version", "database"), about)
    disk = shutil.disk_usage(settings.NGOMA_DATA)
    yield _one("ngoma_disk_free_bytes", "Free space where NGOMA_DATA lies.", disk.free)
    yield _one("ngoma_disk_bytes", "All space where NGOMA_DATA lies.", disk.total)


def _replica() -> Iterator[Metric]:
    behind = replica.behind()
    known = [] if isinf(behind) else [((), behind)]
    text = "How far the read replica may be behind; none where there is no replica that answers."
    yield _gauge("ngoma_replica_behind_seconds", text, (), known)
    asked = [((), float(replica.fresh()))] if settings.NGOMA_REPLICA_URL else []
    text = "Whether residents' pages are read from the replica: 1 or 0; none where there is none."
    yield _gauge("ngoma_replica_asked", text, (), asked)


def _queue() -> Iterator[Metric]:
    at = now()
    found = watch.jobs(at)
    for state, text in (
        ("due", "Jobs that could run now."),
        ("later", "Jobs that wait for their time."),
        ("parked", "Jobs that were given up: a person must look."),
    ):
        rows = [((each.kind,), getattr(each, state)) for each in found]
        yield _gauge(f"ngoma_jobs_{state}", text, ("kind",), rows)
    ages = [((each.kind,), _age(each.oldest, at)) for each in found if each.oldest]
    yield _gauge("ngoma_job_oldest_seconds", "Since when the oldest job is due.", ("kind",), ages)


def _readers() -> Iterator[Metric]:
    at = now()
    found = watch.readers()
    events = [((each.name,), each.event) for each in found]
    yield _gauge("ngoma_reader_event", "Number of the last event read.", ("reader",), events)
    behind = [((each.name,), each.behind) for each in found]
    yield _gauge("ngoma_reader_behind_events", "Events not read yet.", ("reader",), behind)
    ages = [((each.name,), _age(each.since, at)) for each in found]
    text = "Age of the first event not read, by its own time: an import brings old ones."
    yield _gauge("ngoma_reader_behind_seconds", text, ("reader",), ages)


def _notices() -> Iterator[Metric]:
    at = now()
    by_channel = defaultdict(list)
    for channel, seconds in watch.sent(at - HOUR):
        by_channel[channel].append(seconds)
    text = "Messages sent in the last hour."
    counts = [((channel,), len(each)) for channel, each in by_channel.items()]
    yield _gauge("ngoma_notices_sent_hour", text, ("channel",), counts)
    text = "From making to sending, of messages sent in the last hour."
    labels = ("channel", "quantile")
    yield _gauge("ngoma_notice_seconds", text, labels, _quantiles(by_channel))
    found = watch.not_sent(at - DAY)
    on_their_way = [each for each in found if each.state in (_STATE.QUEUED, _STATE.SENDING)]
    waiting: dict[str, int] = defaultdict(int)
    oldest: dict[str, float] = defaultdict(float)
    for each in on_their_way:
        waiting[each.channel] += each.notices
        oldest[each.channel] = max(oldest[each.channel], _age(each.oldest, at))
    yield _by_channel("ngoma_notices_waiting", "Messages not sent yet.", waiting)
    yield _by_channel("ngoma_notice_oldest_seconds", "Age of the oldest of them.", oldest)
    for state in (_STATE.FAILED, _STATE.UNSURE):
        text = f"Messages of the last day that are {state}."
        lately = {each.channel: each.lately for each in found if each.state == state}
        yield _by_channel(f"ngoma_notices_{state}", text, lately)


_STATE = Notice.State


def _quantiles(by_channel: dict[str, list[float]]) -> Iterator[Row]:
    for channel, seconds in by_channel.items():
        ordered = sorted(seconds)
        for share in QUANTILES:
            yield (channel, str(share)), ordered[int(share * (len(ordered) - 1))]


def _cases() -> Iterator[Metric]:
    slugs = {book.id: book.slug for book in books()}
    found = {each.city_id: each for each in watch.standing(slugs, now())}
    opened = [((slug,), found[key].open if key in found else 0) for key, slug in slugs.items()]
    yield _gauge("ngoma_cases_open", "Cases that are not done.", ("city",), opened)
    late = [((slug,), found[key].late if key in found else 0) for key, slug in slugs.items()]
    yield _gauge("ngoma_cases_late", "Cases past the date that was promised.", ("city",), late)


def _reports() -> Iterator[Metric]:
    channels = {number: channel for channel, number in CHANNELS.items()}
    rows: list[Row] = []
    for book in books():
        hour = hour_of(book, now())
        counted = arrivals.by_channel(book.id, hour - 23, hour)
        rows += [((book.slug, str(channels[key])), count) for key, count in counted.items()]
    text = "Reports accepted in the last 24 hours of the city's clock."
    yield _gauge("ngoma_reports_day", text, ("city", "channel"), rows)


def _reading() -> Iterator[Metric]:
    slugs = {book.id: book.slug for book in books()}
    at = {city: when for city, when in measurements.measured().items() if city in slugs}
    ages = [((slugs[city],), _age(when, now())) for city, when in at.items()]
    text = "Since when it was last measured how reports are read."
    yield _gauge("ngoma_quality_age_seconds", text, ("city",), ages)
    rows: list[Row] = []
    for city, when in at.items():
        rows += [((slugs[city], what), count) for what, count in _marked(city, when)]
    text = "Groups of reports that were marked: read worse than before, or answered late."
    yield _gauge("ngoma_quality_marked", text, ("city", "what"), rows)


@lru_cache(maxsize=256)
def _marked(city: int, _measured: datetime) -> list[tuple[str, int]]:
    """How many slices fell, and how many are late. Read once: it changes once a day."""
    measured = quality.newest(city)
    alarms = [each for _, each in measured.figures.alarms] if measured else []
    return [
        ("read", sum(each.fell for each in alarms)),
        ("late", sum(each.late for each in alarms)),
    ]


def _ledger() -> Iterator[Metric]:
    size, published, waiting = length(), publishing.newest(), publishing.waiting_since()
    unpublished = size - (published.size if published else 0)
    yield _one("ngoma_ledger_entries", "Entries of the ledger.", size)
    text = "Entries that no published checkpoint covers."
    yield _one("ngoma_ledger_unpublished_entries", text, unpublished)
    text = "Since when entries wait for witnesses; 0 where none does."
    yield _one("ngoma_ledger_waiting_seconds", text, _age(waiting, now()))
    asked = list(Asked.objects.order_by("name"))
    failing = [((each.name,), _age(each.failed_at, now())) for each in asked]
    text = "Since when a witness gives no cosignature; 0 from one that does."
    yield _gauge("ngoma_ledger_witness_failing_seconds", text, ("witness",), failing)


def _timers() -> Iterator[Metric]:
    ran = {row.name: row for row in TimerRun.objects.all()}
    known = [(timer, ran[timer.name]) for timer in registry.timers() if timer.name in ran]
    every = [((timer.name,), timer.every.total_seconds()) for timer in registry.timers()]
    text = "How often a timer is to run."
    yield _gauge("ngoma_timer_every_seconds", text, ("timer",), every)
    ages = [((timer.name,), _age(row.ended_at, now())) for timer, row in known if row.ended_at]
    text = "Since when a timer last ended without a failure, noted every 15 seconds."
    yield _gauge("ngoma_timer_age_seconds", text, ("timer",), ages)
    failures = CounterMetricFamily(
        "ngoma_timer_failures", "Failures of a timer, in all.", labels=("timer",)
    )
    for timer, row in known:
        failures.add_metric((timer.name,), row.failures)
    yield failures


def _nights() -> Iterator[Metric]:
    made = outcomes.made()
    rows = [
        ((book.slug,), nightly.missed(book, made[book.id])) for book in books() if book.id in made
    ]
    text = "Nights since the figures and open data of a city were made."
    yield _gauge("ngoma_nights_missed", text, ("city",), rows)


_ASKED: tuple[Callable[[], Iterator[Metric]], ...] = (
    _replica, _queue, _readers, _notices, _cases, _reports, _reading, _ledger, _timers, _nights,
)  # fmt: skip


def _age(since: datetime | None, at: datetime) -> float:
    """Seconds from then to now; 0 where there is nothing to count from."""
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)


def _by_channel(name: str, text: str, values: dict[str, int] | dict[str, float]) -> Metric:
    return _gauge(name, text, ("channel",), [((key,), value) for key, value in values.items()])


def _one(name: str, text: str, value: float) -> Metric:
    return _gauge(name, text, (), [((), value)])


def _gauge(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family
