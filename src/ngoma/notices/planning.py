"""Who hears of an event: one notice for each contact whose report was then in the case."""

from collections.abc import Iterable

from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.notices import proving, texts
from ngoma.notices.writing import write
from ngoma.people import codes
from ngoma.records.models import Channel, Code, Contact, Event, Job, Notice, Report
from ngoma.records.sql.statements import fetch
from ngoma.work.queue import put_many

TOLD = {
    "opened": "received",
    "joined": "joined",
    "accepted": "accepted",
    "started": "started",
    "asked": "asked",
    "answered": "answered",
    "resolved": "resolved",
    "rejected": "rejected",
    "referred": "referred",
    "extended": "extended",
    "reopened": "reopened",
    "absorbed": "merged",
    "closed": "closed",
    "escalated": "late",
}
"""Kinds of event of which reporters are told, and the kind of notice that tells it."""

_MOVING = frozenset(("absorbed", "returned"))
"""Kinds of event with which reports come into a case; they may not be there yet."""

_ANYBODY = "SELECT 1 FROM records_report WHERE case_id = %s AND contact_id IS NOT NULL LIMIT 1"

_DEMONSTRATED = {"state": Notice.State.SENT, "provider": "outbox"}
"""Reports written for the demonstration have no real reader: their notices are only shown."""


def anybody(event: Event) -> bool:
    """Whether a reporter of the case may be told of the event, as it happens."""
    if event.kind in _MOVING or "from" in event.data:
        return True
    return bool(fetch(_ANYBODY, [event.case_id]))


def plan(event: int, case: int) -> None:
    """Write the notices about an event and put a job to send each. Again, it adds only what lacks.

    Job `notices.plan`. An event of which nobody is told gives none.
    """
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    kind = notice_kind(happened)
    if kind is None:
        return
    book = book_of(happened.case.city_id)
    with transaction.atomic(savepoint=False):
        notices = [_notice(kind, happened, report, book) for report in _audience(happened)]
        Notice.objects.bulk_create(notices)
        put_many(
            [
                Job(
                    kind="notices.send",
                    data={"notice": notice.pk},
                    run_at=proving.due(notice),
                )
                for notice in notices
                if notice.state == Notice.State.QUEUED
            ]
        )


def notice_kind(event: Event) -> str | None:
    """Which text tells the event; None where nobody is told."""
    if event.kind == "returned" or (event.kind == "opened" and "from" in event.data):
        return "split"
    if event.kind == "closed" and event.data.get("reason"):
        return "unanswered"
    return TOLD.get(event.kind)


def _audience(event: Event) -> Iterable[Report]:
    """The reports whose contacts hear of the event and have not yet: one for each contact.

    What came from another system was received there.
    """
    reports = (
        Report.objects.filter(reference__in=_concerned(event), contact__isnull=False)
        .exclude(contact__in=Notice.objects.filter(event=event).values("contact"))
        .select_related("contact")
        .order_by("id")
    )
    if event.kind in ("opened", "joined"):
        reports = reports.exclude(channel=Channel.IMPORT)
    return {report.contact_id: report for report in reports}.values()


def _concerned(event: Event) -> set[str]:
    """References of the reports to which the event is news."""
    if event.kind in ("opened", "joined"):
        return {event.data["reference"]}
    if event.kind == "absorbed":
        return set(event.data["references"])
    return references_at(event)


def references_at(event: Event) -> set[str]:
    """The references of the reports that shared the case when the event happened."""
    found: set[str] = set()
    earlier = Event.objects.filter(
        case=event.case_id,
        seq__lte=event.seq,
        undone=False,
        kind__in=("opened", "joined", "absorbed", "split", "merged", "returned"),
    )
    for each in earlier.order_by("seq"):
        if each.kind == "merged":
            found = found if each.seq == event.seq else set()
        elif each.kind == "split":
            found.discard(each.data["reference"])
        elif each.kind == "absorbed":
            found |= set(each.data["references"])
        else:
            found.add(each.data["reference"])
    return found


def channel_of(contact: Contact) -> str:
    """By what a contact is reached."""
    return _CHANNELS[Contact.Kind(contact.kind)]


_CHANNELS = {
    Contact.Kind.EMAIL: "email",
    Contact.Kind.PHONE: "sms",
    Contact.Kind.PUSH: "push",
    Contact.Kind.TELEGRAM: "telegram",
    Contact.Kind.WHATSAPP: "whatsapp",
    Contact.Kind.BRIDGE: "bridge",
}


def _code(kind: str, report: Report, contact: Contact) -> Code | None:
    """The code that confirms a new address: it comes along, at the price of one message."""
    if kind not in ("received", "joined") or contact.verified_at or report.demo:
        return None
    return codes.make(contact, Code.Purpose.VERIFY, report=report)


def _notice(kind: str, event: Event, report: Report, book: Book) -> Notice:
    contact = report.contact
    assert contact is not None
    channel = channel_of(contact)
    wanted = contact.language
    language = texts.nearest(wanted, book.language(wanted), *book.languages)
    code = _code(kind, report, contact)
    written = write(
        kind,
        channel=channel,
        language=language,
        book=book,
        event=event,
        report=report,
        code=code is not None,
    )
    return Notice(
        event=event,
        contact=contact,
        report=report,
        code=code,
        kind=kind,
        channel=channel,
        language=language,
        subject=written.subject,
        text=written.text,
        created_at=now(),
        **(_DEMONSTRATED | {"sent_at": now()} if report.demo else {}),
    )
