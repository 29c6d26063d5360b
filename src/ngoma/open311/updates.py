"""Updates of requests between bodies: told to them, and taken from them, each once.

After the extension servicerequestupdates that mySociety published.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ngoma.base import references
from ngoma.base.blanks import blanks
from ngoma.base.characters import clean
from ngoma.base.clock import iso_local, now
from ngoma.casework.wording import LONGEST_TEXT
from ngoma.insight.answering import answer_text
from ngoma.open311.answering import Answer
from ngoma.open311.applying import apply
from ngoma.open311.asking import Asked, origin, shown
from ngoma.open311.filters import SPAN, Reading
from ngoma.open311.refusing import Refusal, refuse_all
from ngoma.people.permissions import body
from ngoma.records.models import ApiKey, Case, Report, Update
from ngoma.records.queries import updates
from ngoma.records.queries.photos import shown_as, url
from ngoma.records.queries.updates import Told

_CURSOR = re.compile(r"[0-9]{1,17}-[0-9]{1,18}-[0-9]{1,18}")
CLOCK_SKEW = timedelta(minutes=10)
MOST = 1000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it there was nothing to tell."""

STATUSES = {
    "opened": "OPEN",
    "accepted": "INVESTIGATING",
    "started": "IN_PROGRESS",
    "resolved": "FIXED",
    "closed": "CLOSED",
    "rejected": "NO_FURTHER_ACTION",
    "referred": "NOT_COUNCILS_RESPONSIBILITY",
    "merged": "DUPLICATE",
    "reopened": "OPEN",
    "recorded": "CLOSED",
}
"""The status that an event leads to; others leave it."""

TOLD = (*(kind for kind in STATUSES if kind != "opened"), "answered", "asked", "extended")


@dataclass(frozen=True, slots=True)
class _Given:
    """An update as it came in, checked."""

    number: str
    report: Report
    status: str
    text: str
    at: datetime


def list_updates(asked: Asked, /) -> Answer:
    """What happened to requests between two dates, oldest first."""
    key, book = asked.key(), asked.book
    reading = Reading(asked)
    start, end = reading.moment("start_date"), reading.moment("end_date")
    if start and end and not timedelta() <= end - start <= SPAN:
        code = "span" if end > start else "dates_exchanged"
        reading.fault(400, code, days=SPAN.days, first="start_date", last="end_date")
    after = reading.asked.one("after")
    if after and not _CURSOR.fullmatch(after):
        reading.fault(400, "bad_cursor", value=shown(after))
    refuse_all(reading.faults)
    end = max(end or now(), EARLIEST)
    found, more = updates.between(
        book.id,
        start or end - SPAN,
        end,
        kinds=TOLD,
        moving=tuple(STATUSES),
        hidden=book.private_services,
        origin=origin(key),
        after=after,
        limit=MOST,
    )
    told = [_told(asked, each) for each in found]
    return Answer("service_request_updates", told, {"Link": asked.next_page(more)} if more else {})


def take_update(asked: Asked, /) -> Answer:
    """Take one update in. The same number from the same sender is answered as it was before."""
    key = asked.key(updates=True)
    number = clean(asked.one("update_id"))
    before = _taken(key, number)
    if before is None:
        given = _given(asked, number)
        try:
            before = _take(asked, key, given)
        except IntegrityError:  # the same came twice at the same moment
            before = _taken(key, number)
            if before is None:
                raise
    reference = before.report.reference
    told = {"update_id": f"{reference}-{before.seq}", "service_request_id": reference}
    return Answer("service_request_updates", [told])


def _taken(key: ApiKey, number: str) -> Update | None:
    known = Update.objects.filter(api_key=key, number=number).select_related("report")
    return known.first() if number and len(number) <= 128 else None


def _take(asked: Asked, key: ApiKey, given: _Given) -> Update:
    book = asked.book
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=given.report.case_id)
        newer = given.at >= updates.last_move(case.pk)
        apply(
            actor=body(book.id),
            case=case,
            status=given.status if newer else "",
            text=given.text,
            why=asked.one("external_status_code"),
            language=book.languages[0],
            at=min(given.at, now()),
        )
        case.refresh_from_db(fields=["version"])
        return Update.objects.create(
            api_key=key,
            number=given.number,
            report=given.report,
            status=given.status[:40],
            at=given.at,
            seq=case.version,
        )


def _given(asked: Asked, number: str) -> _Given:
    """The update, if all of it is there and makes sense. Raises `Refusal`."""
    reading = Reading(asked)
    for name in ("service_request_id", "update_id", "status", "updated_datetime"):
        if not asked.one(name):
            reading.fault(400, "missing", name=name)
    at = reading.moment("updated_datetime")
    if at is not None and at > now() + CLOCK_SKEW:
        reading.fault(400, "future", name="updated_datetime")
    if len(number) > 128:
        reading.fault(400, "too_long", name="update_id", most=128)
    text = clean(asked.one("description"))
    if len(text) > LONGEST_TEXT:
        reading.fault(400, "too_long", name="description", most=LONGEST_TEXT)
    for each in blanks(text)[:1]:
        reading.fault(400, "blanks", name="description", value=shown(each))
    identifier = asked.one("service_request_id")
    report = _report(asked, identifier)
    if report is None and identifier:
        reading.fault(404, "request_unknown", id=shown(identifier))
    if reading.faults or report is None or at is None:
        raise Refusal(*reading.faults)
    status = clean(asked.one("status")).upper().replace(" ", "_")
    return _Given(number, report, status, text, at)


def _report(asked: Asked, identifier: str) -> Report | None:
    try:
        reference = references.read(identifier)
    except references.BadReference:
        return None
    return Report.objects.filter(city=asked.book.id, reference=reference).first()


def _told(asked: Asked, told: Told) -> dict[str, Any]:
    book = asked.book
    description = answer_text(book, told.kind, told.data, asked.language) if told.public else ""
    names = told.data.get("photos", ()) if told.public and told.kind == "resolved" else ()
    photos = [shown for name, shown in sorted(shown_as(names[:1]).items())] if names else []
    return {
        "update_id": f"{told.reference}-{told.seq}",
        "service_request_id": told.reference,
        "status": STATUSES.get(told.moved or "", "OPEN"),
        "description": description or None,
        "updated_datetime": iso_local(told.at, book.zone),
        "media_url": asked.address(url(photos[0])) if photos else None,
    }
