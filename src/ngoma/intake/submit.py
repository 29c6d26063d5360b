"""The one way in: a submission is accepted, durably, or refused with every reason."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from ngoma.base import references
from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.casework.errors import WrongState
from ngoma.casework.opening import join, open_case
from ngoma.cities.book import Book, ServiceEntry
from ngoma.intake import answers, photos, placing
from ngoma.intake.submission import Problem, Refused, Submission
from ngoma.people import vault
from ngoma.people.permissions import STRANGER, Actor
from ngoma.people.vault import Address, BadAddress
from ngoma.records.models import Case, Photo, Report, Service
from ngoma.records.queries.photos import unattached
from ngoma.records.queries.reports import report_once
from ngoma.records.sql.numbers import next_report_ids
from ngoma.triage.language import identify
from ngoma.triage.privacy import find_private, redact

LONGEST_WORDS = 4000
LONGEST_LOCATION = 300
LONGEST_NAME = 120
LONGEST_LANGUAGE = 8
LONGEST_KEY = 128
MOST_PHOTOS = 5
CLOCK_SKEW = timedelta(minutes=10)
TRIES = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a submission. `repeated`: this is the answer it was given before."""

    report: Report
    case: Case
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Checked:
    """A submission with everything found, read and cleaned."""

    words: str
    public_words: str
    public_location: str
    language: str
    location: str
    position: placing.Position
    service: ServiceEntry | None
    answers: dict[str, Any]
    address: Address | None
    at: datetime


def submit(submission: Submission, *, actor: Actor = STRANGER) -> Receipt:
    """Accept a submission or raise `Refused`. When this returns, report, case and jobs are on disk.

    The same `origin` and `key` return the first answer, however often and however many at once.
    """
    submission = replace(submission, key=_key(submission.key), origin=submission.origin[:64])
    before = _accepted_before(submission)
    if before is not None:
        return before
    checked = _check(submission)
    stored = _store(submission, checked.at)
    try:
        receipt = _accept(submission, checked, stored, actor)
    except Exception:
        photos.discard(stored)
        raise
    if receipt.repeated:
        photos.discard(stored)
    return receipt


def _key(given: str) -> str:
    """A key as it can be stored. None at all is like no other, so that nobody shares an answer."""
    if not given:
        return secrets.token_urlsafe(18)
    if given == clean(given) and len(given) <= LONGEST_KEY:
        return given
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def _accept(
    submission: Submission, checked: _Checked, stored: list[Photo], actor: Actor
) -> Receipt:
    tries = 0
    while True:
        tries += 1
        try:
            with transaction.atomic():
                return _write(submission, checked, stored, actor)
        except IntegrityError:
            # Somebody sent the same at the same moment, and was first.
            before = _accepted_before(submission)
            if before is not None:
                return before
            if tries == TRIES:
                raise


def _store(submission: Submission, at: datetime) -> list[Photo]:
    """Keep the photos. Raises `Refused` for one whose pixels are damaged; then none is kept."""
    stored: list[Photo] = []
    try:
        for data in submission.photos:
            stored.append(photos.store(data, at=at))  # noqa: PERF401 (what came before is undone)
    except photos.PhotoRefused as refused:
        photos.discard(stored)
        raise Refused([Problem("photos", f"photo_{refused.code}")]) from None
    except OSError:
        photos.discard(stored)
        raise
    return stored


def _accepted_before(submission: Submission) -> Receipt | None:
    found = report_once(submission.book.id, submission.origin, submission.key)
    if found is None:
        return None
    report = Report.objects.select_related("case").get(pk=found)
    return Receipt(report, report.case, repeated=True)


def _write(submission: Submission, checked: _Checked, stored: list[Photo], actor: Actor) -> Receipt:
    number = next_report_ids()[0]
    reference = references.make(submission.book.prefix, number - 1)
    with ExitStack() as held:
        case = _joined(held, submission, reference, checked.at) or held.enter_context(
            _opened(submission, checked, reference, actor)
        )
        report = _report(submission, checked, number, reference, case)
        report.save(force_insert=True)
        _attach(submission, stored, report)
    return Receipt(report, case, repeated=False)


def _opened(
    submission: Submission, checked: _Checked, reference: str, actor: Actor
) -> AbstractContextManager[Case]:
    position = checked.position
    return open_case(
        actor=actor,
        book=submission.book,
        reference=reference,
        channel=submission.channel,
        service_id=checked.service.id if checked.service else None,
        place_id=position.place_id,
        lat=position.lat,
        lon=position.lon,
        at=checked.at,
    )


def _report(
    submission: Submission, checked: _Checked, number: int, reference: str, case: Case
) -> Report:
    position = checked.position
    return Report(
        pk=number,
        city_id=submission.book.id,
        case=case,
        reference=reference,
        received_at=checked.at,
        channel=submission.channel,
        language=checked.language,
        words=checked.words,
        public_words=checked.public_words,
        public_location=checked.public_location,
        lat=position.lat,
        lon=position.lon,
        accuracy=position.accuracy,
        location=checked.location,
        place_id=position.place_id,
        service_id=checked.service.id if checked.service else None,
        answers=checked.answers,
        contact=_contact(submission, checked),
        secret=secrets.token_urlsafe(18),
        origin=submission.origin,
        key=submission.key,
        token=_token(checked.service),
        demo=submission.demo,
    )


def _attach(submission: Submission, stored: list[Photo], report: Report) -> None:
    """Give the report its photos: those that came with it and those kept before."""
    kept = unattached(clean(name) for name in submission.kept)
    mine = [photo.pk for photo in (*stored, *kept)]
    if mine:
        Photo.objects.filter(pk__in=mine, report=None, case=None).update(report=report)


def _joined(held: ExitStack, submission: Submission, reference: str, at: datetime) -> Case | None:
    """The case that the reporter says is the same problem, if it can still be joined.

    One that is kept private can not: whoever joins a case reads what is said in it. Nor can a
    private report join one that is public, for it would be published with it.
    """
    service = submission.book.service_by_code.get(submission.service or "")
    if not submission.joins or (service is not None and not service.public):
        return None
    mentioned = clean(submission.joins)
    case = Case.objects.filter(city=submission.book.id, reference=mentioned).first()
    while case is not None and case.merged_into_id is not None:
        case = Case.objects.filter(pk=case.merged_into_id).first()
    if case is None or not case.public:
        return None
    try:
        joined = join(actor=STRANGER, case_id=case.pk, reference=reference, at=at)
        return held.enter_context(joined)
    except WrongState:
        return None


def _contact(submission: Submission, checked: _Checked) -> Any:
    if checked.address is None:
        return None
    language = submission.book.language(submission.contact_language or checked.language)
    contact = vault.keep(submission.book.id, checked.address, language=language)
    if submission.writer is not None:
        vault.confirm(contact)
    return contact


def _token(service: ServiceEntry | None) -> str | None:
    batch = service is not None and service.kind != Service.Kind.REALTIME
    return secrets.token_urlsafe(18) if batch else None


def _check(submission: Submission) -> _Checked:
    """Everything that can be wrong, at once. Raises `Refused`."""
    problems: list[Problem] = []
    book = submission.book
    words = _words(submission, problems)
    service = _service(submission, problems)
    position = _position(submission, problems)
    given: dict[str, Any] = {}
    if service is not None:
        asked = partial(answers.check, service, submission.answers, book.zone)
        given = _take(problems, asked, given)
    address = _address(submission, problems)
    at = _time(submission, problems)
    _photos(submission, problems)
    if problems:
        raise Refused(problems)
    location = clean(submission.location)
    page = clean(submission.language)[:LONGEST_LANGUAGE]
    language = identify(words, page or None, book.languages).code
    return _Checked(
        words=words,
        public_words=_publishable(book, service, words),
        public_location=_publishable(book, service, location),
        language=page if language == "und" else language,
        location=location,
        position=position,
        service=service,
        answers=given,
        address=address,
        at=at,
    )


def _take(problems: list[Problem], look: Callable[[], tuple[T, list[Problem]]], none: T) -> T:
    found, wrong = look()
    problems.extend(wrong)
    return none if wrong else found


def _words(submission: Submission, problems: list[Problem]) -> str:
    if len(submission.words) > 4 * LONGEST_WORDS:
        problems.append(Problem("words", "too_long", {"most": LONGEST_WORDS}))
        return ""
    words = clean(submission.words)
    if len(words) > LONGEST_WORDS:
        problems.append(Problem("words", "too_long", {"most": LONGEST_WORDS}))
    photographed = submission.photos or submission.kept or submission.coming
    if not words and not photographed and not submission.service:
        problems.append(Problem("words", "empty"))
    return words


def _position(submission: Submission, problems: list[Problem]) -> placing.Position:
    if len(submission.location) > LONGEST_LOCATION:
        problems.append(Problem("location", "too_long", {"most": LONGEST_LOCATION}))
        return placing.Position()
    said = submission.lat is not None or submission.place or submission.location
    if submission.placeless and not said:
        return placing.Position()
    return _take(problems, partial(placing.find, submission), placing.Position())


def _service(submission: Submission, problems: list[Problem]) -> ServiceEntry | None:
    if not submission.service:
        return None
    service = submission.book.service_by_code.get(submission.service)
    if service is None or service.retired:
        params = {"service": submission.service[:120]}
        problems.append(Problem("service", "unknown_service", params))
        return None
    return service


def _address(submission: Submission, problems: list[Problem]) -> Address | None:
    if submission.writer is not None:
        return submission.writer
    try:
        address = vault.normalise(
            email=clean(submission.email),
            phone=clean(submission.phone),
            country=submission.book.country,
        )
    except BadAddress as bad:
        problems.append(Problem(bad.field, f"bad_{bad.field}"))
        return None
    if address is None:
        return None
    return Address(address.kind, address.address, clean(submission.name)[:LONGEST_NAME])


def _time(submission: Submission, problems: list[Problem]) -> datetime:
    at = submission.at or now()
    if at > now() + CLOCK_SKEW:
        problems.append(Problem("at", "future"))
    return at


def _photos(submission: Submission, problems: list[Problem]) -> None:
    if len(submission.photos) + len(submission.kept) > MOST_PHOTOS:
        problems.append(Problem("photos", "too_many_photos", {"most": MOST_PHOTOS}))
        return
    for data in submission.photos:
        try:
            photos.check(data)
        except photos.PhotoRefused as refused:
            problems.append(Problem("photos", f"photo_{refused.code}"))


def _publishable(book: Book, service: ServiceEntry | None, words: str) -> str:
    if service is not None and not service.public:
        return ""
    return redact(words, find_private(words, book.country))
