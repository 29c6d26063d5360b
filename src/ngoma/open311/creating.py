"""A new service request: read liberally, handed to intake, refused with every reason at once."""

import base64
import binascii
import hashlib
import re
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.intake.explaining import explain
from ngoma.intake.photos import MOST_BYTES
from ngoma.intake.submission import Problem, Refused, Submission
from ngoma.intake.submit import MOST_PHOTOS, Receipt, submit
from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked, origin
from ngoma.open311.fetching import FETCH
from ngoma.open311.refusing import Fault, Refusal, refuse_all, say
from ngoma.records.models import Channel, Report
from ngoma.work.queue import put

SAME_WITHIN = timedelta(minutes=10)
"""A call without an idempotency key that equals one so short ago is that one, sent again."""

_ATTRIBUTE = re.compile(r"attributes?\[(.+?)\](?:\[\d*\])?")
_DATA_URI = re.compile(r"data:[\w/+.-]*(?:;[\w=.-]+)*;base64,", re.ASCII)


def create(asked: Asked, /) -> Answer:
    """Take a request in. The answer is given when it is on disk."""
    key, book = asked.key(reports=True), asked.book
    photos, urls = _photos(asked), _urls(asked)
    refuse_all(_missing(asked, len(photos) + len(urls)))
    submission = Submission(
        book=book,
        origin=origin(key),
        key=_key(asked, origin(key), photos),
        channel=Channel.OPEN311,
        words=asked.one("description"),
        language=asked.locale,
        lat=_degrees(asked.one("lat")),
        lon=_degrees(asked.one("long") or asked.one("lon")),
        location=asked.one("address_string"),
        place=asked.one("address_id") or None,
        service=asked.one("service_code"),
        answers=_answers(asked),
        photos=photos,
        email=asked.one("email"),
        phone=asked.one("phone"),
        name=f"{asked.one('first_name')} {asked.one('last_name')}",
        contact_language=asked.locale,
    )
    try:
        receipt = _submitted(submission, urls)
    except Refused as refused:
        raise Refusal(*(_fault(each, asked) for each in refused.problems)) from None
    return Answer("service_requests", [_accepted(receipt.report, book, asked.language)])


def _submitted(submission: Submission, urls: list[str]) -> Receipt:
    """Hand the submission in; photos that were only named are fetched after it."""
    if not urls:
        return submit(submission)
    with transaction.atomic():
        receipt = submit(submission)
        if not receipt.repeated:
            for url in urls:
                put(FETCH, {"report": receipt.report.pk, "url": url})
    return receipt


def _accepted(report: Report, book: Book, language: str) -> dict[str, str | None]:
    service = book.services.get(report.service_id or 0)
    named = {"token": report.token} if report.token else {"service_request_id": report.reference}
    private = service is not None and not service.public
    notice = say("private", language) if private else None
    return {**named, "service_notice": notice, "account_id": None}


def _missing(asked: Asked, photos: int) -> list[Fault]:
    """What intake would not miss, because other channels need not say it."""
    faults = []
    if not asked.one("service_code"):
        faults.append(Fault(400, "missing", {"name": "service_code"}))
        if not any(asked.one(name) for name in ("lat", "long", "address_string", "address_id")):
            faults.append(_fault(Problem("location", "no_place"), asked))
    if photos > MOST_PHOTOS:
        faults.append(_fault(Problem("photos", "too_many_photos", {"most": MOST_PHOTOS}), asked))
    return faults


def _fault(problem: Problem, asked: Asked) -> Fault:
    status = 404 if problem.code == "unknown_service" else 400
    sentence = explain(problem, asked.book, asked.language)
    return Fault(status, problem.code, sentence=f"{_argument(problem)}: {sentence}")


def _argument(problem: Problem) -> str:
    """What the field of a problem is called here."""
    names = {
        "words": "description",
        "service": "service_code",
        "place": "address_id",
        "location": "lat, long, address_string",
        "photos": "media",
    }
    return names.get(problem.field, problem.field)


def _degrees(text: str) -> float | None:
    """A coordinate; not a number where it is none, which intake refuses."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _answers(asked: Asked) -> dict[str, list[str]]:
    answers: dict[str, list[str]] = {}
    for form in (asked.request.GET, asked.body):
        for name, values in form.lists():
            if match := _ATTRIBUTE.fullmatch(name):
                answers.setdefault(match[1], []).extend(str(value) for value in values)
    return answers


def _photos(asked: Asked) -> list[bytes]:
    """Photos that came as files, or as base64 in a field."""
    files = [_bytes(each) for each in asked.files]
    written = [each for name in ("media", "media[]") for each in asked.body.getlist(name)]
    decoded = [_decoded(each, asked) for each in written if each.strip() and not _is_url(each)]
    return [each for each in files if each] + decoded


def _bytes(file: UploadedFile) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    return bytes(file.read(MOST_BYTES + 1))


def _decoded(text: str, asked: Asked) -> bytes:
    # A space is a '+' that was not percent-encoded.
    plain = _DATA_URI.sub("", text.strip(), count=1).replace(" ", "+")
    try:
        return base64.b64decode(re.sub(r"\s", "", plain), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(_fault(Problem("photos", "photo_unreadable"), asked)) from None


def _urls(asked: Asked) -> list[str]:
    given = [
        each.strip()
        for form in (asked.body, asked.request.GET)
        for name in ("media_url", "media_url[]", "media")
        for each in form.getlist(name)
    ]
    urls = [each for each in dict.fromkeys(given) if each]
    faults = [
        Fault(400, "bad_url", {"name": "media_url"})
        for name in urls
        if not _is_url(name) and name in asked.body.getlist("media_url")
    ]
    refuse_all(faults)
    return [each for each in urls if _is_url(each)]


def _is_url(text: str) -> bool:
    return bool(re.match(r"https?://[^\s/]", text.strip()[:16])) and len(text) <= 2000


def _key(asked: Asked, sender: str, photos: list[bytes]) -> str:
    """What a retry has in common with the first call: the key it names, else all that it says."""
    given = asked.request.headers.get("Idempotency-Key", "") or asked.one("idempotency_key")
    if given := clean(given):
        return f"k:{given}" if len(given) <= 100 else f"k:{_digest([given])}"
    said = sorted(
        f"{name}={value}"
        for form in (asked.request.GET, asked.body)
        for name, values in form.lists()
        for value in values
    )
    digest = _digest([*said, *(hashlib.sha256(each).hexdigest() for each in photos)])
    window = int(now().timestamp() // SAME_WITHIN.total_seconds())
    before = f"c:{digest}:{window - 1}"
    lately = Report.objects.filter(
        city=asked.book.id, origin=sender, key=before, received_at__gt=now() - SAME_WITHIN
    )
    return before if lately.exists() else f"c:{digest}:{window}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
