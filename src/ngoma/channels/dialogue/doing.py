"""What a conversation was for: a report is handed in, or somebody hears how theirs goes."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from ngoma.base.clock import now
from ngoma.base.references import BadReference, read, show
from ngoma.channels import floods, texts
from ngoma.channels.dialogue.engine import State
from ngoma.cities.book import Book, text
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import LONGEST_LOCATION, Receipt, submit
from ngoma.notices.texts import date
from ngoma.people import pins, vault
from ngoma.people.vault import Address
from ngoma.records.models import Report
from ngoma.records.models.case import ACTIVE
from ngoma.records.models.case import State as Stage
from ngoma.records.queries.casefiles import Head, case_reference, head

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks by which gateway; without a number nobody hears of the report later. `channel` is
    how reports call the way. `language`: in which they begin who were never written to."""

    gateway: str
    channel: str
    address: Address | None
    language: str = ""


def do(what: str, book: Book, state: State, caller: Caller, key: str) -> str:
    """Do it, once for each key, and say what came of it."""
    if what == "status":
        finder = vault.finder(book.id, caller.address.address) if caller.address else ""
        return status(book, state.reference, state.language, finder=finder)
    finder = vault.finder(book.id, caller.address.address) if caller.address else key
    if floods.too_many(book, finder, state.words):
        phone = str(book.settings["emergency"])
        return texts.said("flood", state.language, phone=phone)
    return received(book, report(book, state, caller, key), state)


def report(
    book: Book, state: State, caller: Caller, key: str, *, recorded: bool = False
) -> Receipt:
    """Hand in what was told, or what is `recorded` and follows. What a form would ask for and
    nobody can here is left to a person."""
    submission = Submission(
        book=book,
        origin=caller.gateway,
        key=key,
        channel=caller.channel,
        words=state.words,
        language=state.language,
        service=state.service or None,
        place=state.place or None,
        location=state.location[:LONGEST_LOCATION],
        placeless=recorded,
        coming=int(recorded),
        writer=caller.address,
        contact_language=state.language,
    )
    try:
        return submit(submission)
    except Refused:
        # The service asks something of which there was no word: then its name is words.
        entry = book.service_by_code.get(state.service)
        named = text(entry.names, state.language) if entry else ""
        words = ". ".join(filter(None, (named, state.words)))
        return submit(replace(submission, service=None, words=words, place=None))


def received(book: Book, receipt: Receipt, state: State) -> str:
    """The number of the report and the next date; whom to call where there is danger."""
    case, language = receipt.case, state.language
    reference = show(receipt.report.reference)
    stopper = book.stopper(receipt.report.service_id, state.words)
    if stopper and stopper.get("phone"):
        return texts.said("danger", language, reference=reference, phone=str(stopper["phone"]))
    by = _by("answer_by", book, case.answer_due, language)
    if receipt.report.contact_id is None or not case.public:
        by = f"{texts.said('pin', language, pin=pins.pin(receipt.report))} {by}"
    return texts.said("received", language, reference=reference, by=by).strip()


def newest(book: Book, caller: Caller, language: str) -> str:
    """How the newest report of the caller goes."""
    finder = vault.finder(book.id, caller.address.address) if caller.address else ""
    own = Report.objects.filter(city=book.id, contact__finder=finder).order_by("-id").first()
    return status(book, own.reference if own else "", language, finder=finder)


def status(book: Book, typed: str, language: str, *, finder: str) -> str:
    """How a report goes: what everybody may know of it. Of one that is private its reporter alone
    is told, whose address has this `finder`, and who typed its PIN behind its number."""
    reference, pin = meant(book, typed), ""
    known = case_reference(book.id, reference) if reference else None
    if known is None:
        number, pin = parted(typed)
        reference = meant(book, number)
        known = case_reference(book.id, reference) if reference else None
    found = head(book.id, known) if known else None
    if not reference or found is None:
        return texts.said("unknown", language)
    if not (found.public or _is_reporter(reference, finder) or _opened(reference, pin)):
        return texts.said("private", language)
    return texts.said(
        "status",
        language,
        reference=show(reference),
        state=texts.state(found.state, language),
        by=_promise(book, found, language),
    ).strip()


def _is_reporter(reference: str, finder: str) -> bool:
    return Report.objects.filter(reference=reference, contact__finder=finder).exists()


def parted(typed: str) -> tuple[str, str]:
    """The number of a report and the PIN behind it; as it is, and none, where there is no PIN."""
    *number, last = _BETWEEN.split(typed.strip(" .")) or [""]
    if not (number and len(last) == pins.DIGITS and last.isascii() and last.isdecimal()):
        return typed, ""
    return " ".join(number[:-1] if number[-1].casefold() == "pin" else number), last


def _opened(reference: str, pin: str) -> bool:
    return bool(pin) and pins.opens(Report.objects.get(reference=reference), pin)


def meant(book: Book, typed: str) -> str:
    """The reference that somebody typed, perhaps without the letters of the city; else empty."""
    for attempt in (typed, book.prefix + typed):
        try:
            return read(attempt)
        except BadReference:
            continue
    return ""


def _promise(book: Book, found: Head, language: str) -> str:
    """The next promised date; that it is missed, if it is and the clock does not stand."""
    if found.state not in ACTIVE:
        return ""
    key, at = ("by", found.due) if found.answered_at else ("answer_by", found.answer_due)
    if at is not None and at < now():
        return "" if found.state == Stage.WAITING else _by("late", book, at, language)
    return _by(key, book, at, language)


def _by(key: str, book: Book, at: datetime | None, language: str) -> str:
    if at is None:
        return ""
    return texts.said(key, language, date=date(at.astimezone(book.zone), language, long=False))
