"""What Prometheus reads is what happened, for who may read it, and names nobody."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ngoma.base.clock import frozen
from ngoma.casework import deciding
from ngoma.cities.book import Book
from ngoma.insight import arriving
from ngoma.intake.submit import Receipt
from ngoma.ledger import sealing
from ngoma.people.permissions import staff
from ngoma.proposals.quality import Figures, Slice, Sums
from ngoma.records.models import Asked, Checkpoint, Job, Membership, Notice, Outcomes, Quality, User
from ngoma.records.sql import counts
from ngoma.watch import metrics
from ngoma.work import registry, timers
from ngoma.work.registry import Timer
from ngoma.work.worker import run_until_idle
from tests.casework import MONDAY
from tests.watch.conftest import Scrape

pytestmark = pytest.mark.django_db
Tell = Callable[..., Receipt]
MOST_QUERIES = 25
"""Of a scrape, in a city."""


@pytest.mark.once
@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "203.0.113.9"}, 403),
        ("", {"REMOTE_ADDR": "a socket"}, 403),
        ("", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 403),
        ("", {"HTTP_FORWARDED": "for=203.0.113.9"}, 403),
        ("", {"HTTP_AUTHORIZATION": "Bearer "}, 200),
        ("s3cret", {}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "Bearer s3cre"}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "s3cret"}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "Bearer s\u00e9cret"}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "Bearer s3cret", "REMOTE_ADDR": "203.0.113.9"}, 200),
    ],
)
def test_who_may_read(
    client: Client, settings: Any, token: str, sent: dict[str, str], status: int
) -> None:
    settings.NGOMA_METRICS_TOKEN = token
    answer = client.get("/metrics", SERVER_NAME="10.1.2.3", **sent)
    assert answer.status_code == status
    assert (b"ngoma_info" in answer.content) == (status == 200)
    assert answer.get("Cache-Control") == ("no-store" if status == 200 else None)
    assert client.post("/metrics").status_code == 405


@pytest.mark.once
@pytest.mark.usefixtures("unhurried")
def test_it_is_asked_once_in_some_seconds(client: Client) -> None:
    client.get("/metrics")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _ in range(10):
            client.get("/metrics")
    assert len(asked) == 0


def test_requests_are_counted_by_view_and_never_by_address(
    town: Book, tell: Tell, scrape: Scrape
) -> None:
    report = tell().report
    before = scrape()
    client = Client()
    client.get(f"/small/r/{report.reference}")
    client.get(f"/small/r/{report.reference}/{report.secret}")
    client.get("/small/r/zzyzx")
    client.get("/no/such/page/at/all")
    client.generic("MADEUP", "/small/")
    after = scrape()
    grown = {name for name, value in after.items() if value > before.get(name, 0)}
    for view, method, status in (
        ("public.tracking.track", "GET", "2xx"),
        ("public.own.own", "GET", "2xx"),
        ("public.tracking.track", "GET", "4xx"),
        ("none", "GET", "4xx"),
        ("public.home.home", "other", "4xx"),
    ):
        labels = f'method="{method}",status="{status}",view="{view}"'
        assert f"ngoma_request_seconds_count{{{labels}}}" in grown
        assert f'ngoma_request_cpu_seconds_total{{view="{view}"}}' in grown
    everything = " ".join(after)
    for personal in (report.reference, report.secret, "MADEUP", "zzyzx"):
        assert personal not in everything


def test_the_queue(town: Book, tell: Tell, scrape: Scrape) -> None:
    with frozen(MONDAY):
        tell()
        tell()
        Job.objects.create(kind="notices.send", run_at=MONDAY + timedelta(hours=1))
        Job.objects.create(kind="notices.send", run_at=MONDAY, parked_at=MONDAY)
    with frozen(MONDAY + timedelta(minutes=5)):
        found = scrape()
    assert found['ngoma_jobs_due{kind="proposals.read"}'] == 2
    assert found['ngoma_job_oldest_seconds{kind="proposals.read"}'] == 300
    assert found['ngoma_jobs_later{kind="notices.send"}'] == 1
    assert found['ngoma_jobs_parked{kind="notices.send"}'] == 1
    assert 'ngoma_job_oldest_seconds{kind="notices.send"}' not in found


@pytest.mark.django_db(transaction=True)
def test_readers_and_the_ledger(town: Book, tell: Tell, scrape: Scrape) -> None:
    """Events are committed, for nothing is read of a transaction that is still open."""
    with frozen(MONDAY):
        tell()
        sealing.follow()
        tell()
    Asked.objects.create(name="witness.example", failed_at=MONDAY)
    with frozen(MONDAY + timedelta(minutes=5)):
        found = scrape()
    assert found['ngoma_reader_behind_events{reader="ledger"}'] == 1
    assert found['ngoma_reader_behind_seconds{reader="ledger"}'] == 300
    assert found["ngoma_ledger_entries"] == 1
    assert found["ngoma_ledger_unpublished_entries"] == 0
    assert found["ngoma_ledger_waiting_seconds"] == 0
    assert found['ngoma_ledger_witness_failing_seconds{witness="witness.example"}'] == 300
    first = found['ngoma_reader_event{reader="ledger"}']
    Checkpoint.objects.update(published_at=None)
    sealing.follow()
    Checkpoint.objects.update(published_at=None, made_at=MONDAY)
    with frozen(MONDAY + timedelta(hours=1)):
        found = scrape()
    assert found['ngoma_reader_behind_events{reader="ledger"}'] == 0
    assert found['ngoma_reader_behind_seconds{reader="ledger"}'] == 0
    assert found['ngoma_reader_event{reader="ledger"}'] == first + 1
    assert found["ngoma_ledger_unpublished_entries"] == 2
    assert found["ngoma_ledger_waiting_seconds"] == 3600


def test_notices(town: Book, tell: Tell, scrape: Scrape) -> None:
    def make(channel: str, state: str, *, age: float, took: float | None = None) -> None:
        at = MONDAY - timedelta(seconds=age)
        Notice.objects.create(
            kind="opened", channel=channel, state=state, language="en", text="words",
            created_at=at, sent_at=None if took is None else at + timedelta(seconds=took),
        )  # fmt: skip

    for number in range(101):
        make("sms", "sent", age=600, took=number)
    make("sms", "delivered", age=7200, took=5)
    make("email", "queued", age=50)
    make("email", "sending", age=70)
    make("email", "failed", age=60)
    make("email", "failed", age=100_000)
    make("push", "unsure", age=60)
    with frozen(MONDAY):
        found = scrape()
    assert found['ngoma_notices_sent_hour{channel="sms"}'] == 101
    for quantile, seconds in (("0.5", 50), ("0.95", 95), ("0.99", 99)):
        name = f'ngoma_notice_seconds{{channel="sms",quantile="{quantile}"}}'
        assert found[name] == pytest.approx(seconds)
    assert found['ngoma_notices_waiting{channel="email"}'] == 2
    assert found['ngoma_notice_oldest_seconds{channel="email"}'] == 70
    assert found['ngoma_notices_failed{channel="email"}'] == 1
    assert found['ngoma_notices_unsure{channel="push"}'] == 1


def test_cases_and_reports_by_city(town: Book, tell: Tell, scrape: Scrape) -> None:
    user = User.objects.create_user("officer")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    with frozen(MONDAY):
        told = tell()
        tell(channel="sms")
        deciding.accept(actor=staff(user), case_id=told.case.pk)
        hour = arriving.hour_of(town, MONDAY)
        for channel, ago in (("web", 0), ("sms", 23), ("mail", 24)):
            key = (town.id, hour - ago, 0, 0, arriving.CHANNELS[channel])
            counts.add(counts.HOURS, {key: (1,)})
        found = scrape()
    assert found['ngoma_cases_open{city="small"}'] == 2
    assert found['ngoma_cases_late{city="small"}'] == 0
    assert found['ngoma_reports_day{channel="web",city="small"}'] == 1
    assert found['ngoma_reports_day{channel="sms",city="small"}'] == 1
    assert 'ngoma_reports_day{channel="mail",city="small"}' not in found
    with frozen(MONDAY + timedelta(days=60)):
        found = scrape()
    assert found['ngoma_cases_late{city="small"}'] == 2
    assert 'ngoma_reports_day{channel="web",city="small"}' not in found


def test_nights_and_what_was_marked_of_the_reading(town: Book, scrape: Scrape) -> None:
    slices = [
        Slice("en", Sums(), Sums(), fell=True),
        Slice("sw", Sums(), Sums(), fell=True, late=True),
        Slice("lg", Sums(), Sums()),
    ]
    figures = Figures("keywords", Slice("", Sums(), Sums()), {"language": slices})
    Quality.objects.create(
        city_id=town.id, day=MONDAY.date(), measured_at=MONDAY, figures=msgspec.to_builtins(figures)
    )
    Outcomes.objects.create(city_id=town.id, department=0, made_at=MONDAY, figures={})
    with frozen(MONDAY + timedelta(days=3)):
        found = scrape()
    assert found['ngoma_quality_age_seconds{city="small"}'] == 3 * 86400
    assert found['ngoma_quality_marked{city="small",what="read"}'] == 2
    assert found['ngoma_quality_marked{city="small",what="late"}'] == 1
    assert found['ngoma_nights_missed{city="small"}'] == 3


def test_timers(town: Book, scrape: Scrape, caplog: Any) -> None:
    def fail() -> None:
        raise ValueError

    every = timedelta(minutes=1)
    handlers = {"none": registry.Handler(lambda: None)}
    with caplog.at_level(logging.CRITICAL):
        registry.install(
            handlers=handlers,
            followers={},
            timers=(Timer("works", every, lambda: None), Timer("fails", every, fail)),
        )
        try:
            with frozen(MONDAY):
                timers.tick(force=True)
                timers.tick(force=True)
                timers.note()
            with frozen(MONDAY + timedelta(minutes=2)):
                found = scrape()
        finally:
            _as_it_was()
    assert found['ngoma_timer_every_seconds{timer="works"}'] == 60
    assert found['ngoma_timer_age_seconds{timer="works"}'] == 120
    assert found['ngoma_timer_failures_total{timer="works"}'] == 0
    assert found['ngoma_timer_failures_total{timer="fails"}'] == 2
    assert 'ngoma_timer_age_seconds{timer="fails"}' not in found


def _as_it_was() -> None:
    from ngoma import journey

    journey.install()


@pytest.mark.usefixtures("unhurried")
def test_a_scrape_asks_little(town: Book, tell: Tell) -> None:
    tell()
    run_until_idle()
    for _ in range(2):
        metrics.forget()
        with CaptureQueriesContext(connection) as asked:
            Client().get("/metrics")
    assert 0 < len(asked) <= MOST_QUERIES, [each["sql"][:90] for each in asked]


def test_without_a_database_what_needs_none_is_told(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_bookmark RENAME TO records_gone")
    text = client.get("/metrics").content.decode()
    assert "ngoma_database_answers 0.0" in text
    assert "ngoma_disk_free_bytes " in text
    assert "ngoma_request_seconds_bucket" in text
    assert "ngoma_jobs_due" not in text
