"""What helps an agent while a caller speaks: earlier cases, likely services, the same, articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ngoma.base.clock import now
from ngoma.cities import knowledge
from ngoma.desk import naming
from ngoma.desk.proposal import sureness
from ngoma.desk.site import Desk
from ngoma.intake import placing
from ngoma.intake.submission import Submission
from ngoma.look import formats
from ngoma.people import vault
from ngoma.people.vault import BadAddress
from ngoma.proposals.reading import preview
from ngoma.records.models import OPEN, PersonalRead, Report, State
from ngoma.records.queries.casefiles import briefs
from ngoma.triage.interface import Reading

PURPOSE = "call"
_FAINT = 0.05
_SERVICES = 3
_EARLIER = 8
_LIKELY = 0.2
_ONE_CALL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case that the caller reported or that may be the same: what to read out to them."""

    reference: str
    words: str
    state: str
    tone: str
    when: str
    promise: str
    open: bool


@dataclass(frozen=True, slots=True)
class Help:
    """All beside the form. `services`: code, name and how sure; `danger`: send help first."""

    earlier: list[Earlier]
    services: list[tuple[str, str, str]]
    same: list[Earlier]
    articles: list[Mapping[str, Any]]
    place: str
    danger: bool
    stopper: str


def helping(desk: Desk, submission: Submission, *, service: str) -> Help:
    """What helps with what has been typed so far."""
    position, _problems = placing.find(submission)
    reading = preview(
        desk.book,
        words=submission.words,
        language=submission.language or None,
        lat=position.lat,
        lon=position.lon,
        place_id=position.place_id,
        channel="call",
        radius_m=position.accuracy,
    )
    said = bool(submission.words.strip())
    day = now().astimezone(desk.book.zone).date().isoformat()
    stopper = desk.book.stopper(None, submission.words) if said else None
    return Help(
        earlier=_earlier(desk, submission),
        services=_services(desk, reading) if said else [],
        same=_same(desk, reading) if said else [],
        articles=knowledge.find(desk.book, submission.words, day=day, service=service),
        place=desk.place(position.place_id),
        danger=said and reading.urgency.level == "now",
        stopper=desk.text(stopper["text"]) if stopper else "",
    )


def _earlier(desk: Desk, submission: Submission) -> list[Earlier]:
    """The cases of a caller whom the city knows; that somebody looked is written down."""
    book = desk.book
    try:
        address = vault.normalise(
            email=submission.email, phone=submission.phone, country=book.country
        )
    except BadAddress:
        return []
    contact = vault.find(book.id, address) if address else None
    if contact is None:
        return []
    lately = PersonalRead.objects.filter(
        contact_id=contact.pk, user=desk.user, purpose=PURPOSE, at__gt=now() - _ONE_CALL
    )
    if not lately.exists():
        vault.note_look(contact, desk.user, PURPOSE)
    reports = Report.objects.filter(contact=contact).order_by("-id")
    return _shown(desk, list(reports.values_list("case", flat=True)[:_EARLIER]))


def _services(desk: Desk, reading: Reading) -> list[tuple[str, str, str]]:
    likely = [each for each in reading.services if each.probability >= _FAINT][:_SERVICES]
    return [
        (desk.book.services[each.service_id].code, desk.service(each.service_id),
         sureness(each.probability))
        for each in likely
    ]  # fmt: skip


def _same(desk: Desk, reading: Reading) -> list[Earlier]:
    ids = [each.case_id for each in reading.duplicates if each.probability >= _LIKELY]
    return [each for each in _shown(desk, ids[:3]) if each.open]


def _shown(desk: Desk, ids: list[int]) -> list[Earlier]:
    """The cases in the order of their ids given, each once, that this person may see."""
    known = briefs(desk.book.id, list(dict.fromkeys(ids)))
    found = []
    for case_id in dict.fromkeys(ids):
        brief = known.get(case_id)
        if brief is None or not desk.may("see", brief.department_id):
            continue
        state = State(brief.state)
        found.append(
            Earlier(
                reference=brief.reference,
                words=brief.words or desk.service(brief.service_id),
                state=str(naming.STATES[state]),
                tone=naming.TONES.get(state, ""),
                when=naming.ago(brief.opened_at),
                promise=formats.day(brief.due) if brief.due and state in OPEN else "",
                open=state in OPEN,
            )
        )
    return found
