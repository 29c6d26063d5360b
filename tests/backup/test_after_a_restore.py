"""A copy that was brought back says and numbers nothing twice, and waits for a person."""

from datetime import timedelta

import msgspec
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from ngoma.backup import releasing
from ngoma.backup.about import About
from ngoma.backup.restoring import SKIPPED, settle
from ngoma.base.clock import now
from ngoma.casework import batching, deadlines, deciding
from ngoma.cities.book import Book
from ngoma.ledger import days, sealing
from ngoma.notices import codes
from ngoma.notices.receipts import delivered
from ngoma.people.permissions import Actor
from ngoma.records.models import (
    Backup,
    Batch,
    Case,
    Code,
    Digest,
    Entry,
    Job,
    Membership,
    Notice,
    Report,
    SignIn,
    User,
)
from ngoma.records.queries.digests import Day, Figures
from ngoma.work.queue import put
from ngoma.work.worker import run_until_idle
from tests.ledger.conftest import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]
State = Notice.State


def restored() -> None:
    """What a restore does to the database that came back."""
    settle(About(1, "0.1.0", "sqlite", now().isoformat(), ""))


def states(kind: str) -> list[str]:
    return [each.state for each in Notice.objects.filter(kind=kind).order_by("pk")]


@pytest.fixture
def waiting(town: Book) -> list[Notice]:
    """Three notices that the copy has: one waits, one is just being sent, one was sent."""
    for number in range(3):
        tell(town, key=str(number), email=f"ana{number}@example.org")
    run_until_idle()
    first, second, _sent = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=first.pk).update(state=State.QUEUED, sent_at=None)
    Notice.objects.filter(pk=second.pk).update(state=State.SENDING, sent_at=None)
    for notice in (first, second):
        put("notices.send", {"notice": notice.pk})
    return list(Notice.objects.order_by("pk"))


def test_what_may_have_been_sent_is_held_until_a_person_sends_it(
    town: Book, waiting: list[Notice]
) -> None:
    tell(town, key="not planned yet", email="ben@example.org")
    restored()
    run_until_idle()
    assert states("received") == [State.HELD, State.UNSURE, State.SENT, State.HELD]
    tell(town, key="after the restore", email="cora@example.org")
    run_until_idle()
    assert states("received")[-1] == State.SENT
    assert releasing.held() == {"received": 2}
    assert releasing.release(send=True) == 2
    run_until_idle()
    assert states("received") == [State.SENT, State.UNSURE, State.SENT, State.SENT, State.SENT]


def test_or_drops_it(town: Book, waiting: list[Notice]) -> None:
    restored()
    assert releasing.release(send=False) == 1
    run_until_idle()
    assert states("received") == [State.FAILED, State.UNSURE, State.SENT]
    assert releasing.held() == {}


def test_what_the_clock_brings_about_is_held_and_what_staff_do_is_told(
    town: Book, coordinator: Actor
) -> None:
    report = tell(town, key="1", email="ana@example.org")
    run_until_idle()
    user = User.objects.create_user("reader", email="reader@example.org", digest=True)
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    restored()
    deciding.accept(actor=coordinator, case_id=report.case_id, text="We come")
    deadlines.escalate(case_id=report.case_id, at=now() + timedelta(days=90))
    day = Day(now().date(), 1, None)
    figures = msgspec.to_builtins(Figures(days=[day, day], words=[], bursts=[], loads=[]))
    digest = Digest.objects.create(city_id=town.id, day=day.day, made_at=now(), figures=figures)
    put("notices.digest", {"digest": digest.pk})
    run_until_idle()
    assert states("accepted") == [State.SENT]
    assert states("late") == [State.HELD]
    assert states("digest") == [State.HELD]
    releasing.release(send=False)
    another = tell(town, key="2", email="ben@example.org")
    deadlines.escalate(case_id=another.case_id, at=now() + timedelta(days=90))
    run_until_idle()
    assert states("late") == [State.FAILED, State.SENT]


def test_a_delivery_report_of_the_lost_installation_settles_it(town: Book) -> None:
    tell(town, key="1", phone="+256772123456")
    run_until_idle()
    Notice.objects.update(state=State.QUEUED)
    restored()
    notice = Notice.objects.get()
    assert delivered("twilio", "SM1", "delivered", notice=notice.pk)
    assert releasing.held() == {}
    assert states("received") == [State.DELIVERED]


def test_codes_that_were_asked_for_before_are_not_sent(town: Book) -> None:
    report = tell(town, key="1", email="ana@example.org")
    run_until_idle()
    assert report.contact
    codes.ask(town.id, report.contact.finder, Code.Purpose.REPORTS, "en")
    restored()
    assert run_until_idle() == 0
    codes.ask(town.id, report.contact.finder, Code.Purpose.REPORTS, "en")
    run_until_idle()
    assert states("code") == [State.SENT]


@pytest.mark.parametrize(("send", "state"), [(True, "accepted"), (False, "received")])
def test_what_staff_had_begun_for_many_cases_waits(
    town: Book, coordinator: Actor, send: bool, state: str
) -> None:
    report = tell(town, key="1")
    run_until_idle()
    user = User.objects.get(username="nakato")
    batch = batching.begin(
        user=user, city_id=town.id, step="accept", case_ids=[report.case_id], texts={}
    )
    restored()
    run_until_idle()
    assert Case.objects.get().state == "received"
    assert releasing.held() == {"casework.batch": 1}
    releasing.release(send=send)
    run_until_idle()
    assert Case.objects.get().state == state
    batch.refresh_from_db()
    assert batch.state == (Batch.State.DONE if send else Batch.State.STOPPED)
    assert not Job.objects.exists()


def test_no_number_is_given_twice(town: Book) -> None:
    before = tell(town, key="1")
    first = Notice.objects.create(
        kind="reply", channel="sms", language="en", text="", created_at=now()
    )
    restored()
    after = tell(town, key="2")
    second = Notice.objects.create(
        kind="reply", channel="sms", language="en", text="", created_at=now()
    )
    assert after.pk == before.pk + SKIPPED + 1
    assert after.case_id > before.case_id + SKIPPED
    assert second.pk > first.pk + SKIPPED
    assert Report.objects.filter(reference=after.reference).count() == 1


def test_the_ledger_rests_so_that_it_signs_no_other_past(town: Book) -> None:
    tell(town, key="1")
    sealing.follow()
    restored()
    tell(town, key="2")
    sealing.follow()
    days.close_days()
    assert Entry.objects.count() == 1
    releasing.release(send=False)
    sealing.follow()
    assert Entry.objects.count() == 2


def test_nobody_is_signed_in_and_no_backup_is_being_made(town: Book, coordinator: Actor) -> None:
    client = Client()
    client.force_login(User.objects.get(username="nakato"))
    Backup.objects.create(kind=Backup.Kind.MAKING, host="lost", began_at=now())
    assert Session.objects.exists()
    restored()
    assert not Session.objects.exists()
    assert not SignIn.objects.exists()
    assert not Backup.objects.exists()
