"""A report, read: what triage makes of it becomes a proposal that a person decides on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.proposals.alone import may_stand
from ngoma.proposals.catalogues import catalogue
from ngoma.proposals.flagging import Flag, flags
from ngoma.proposals.in_use import model_of, weights_of
from ngoma.records.models import Event, Learned, Proposal, Report, State, Urgency
from ngoma.records.queries.answers import answered_before
from ngoma.records.queries.bursts import services_bursting
from ngoma.records.queries.nearby import around_point
from ngoma.records.queries.photos import likenesses_in, likenesses_of
from ngoma.records.queries.reports import unread
from ngoma.triage.interface import Guess, Nearby, Past, Reading, Reason, Submission
from ngoma.triage.reading import read as read_words
from ngoma.triage.urgency import judge
from ngoma.triage.words import tokens

NEAR = 150.0
"""Metres around a report within which cases are compared with it, besides its uncertainty."""

LEVELS = {"no": Urgency.NO, "soon": Urgency.SOON, "now": Urgency.NOW}


def preview(
    book: Book,
    *,
    words: str,
    language: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    place_id: int | None = None,
    chosen: int | None = None,
    answers: Mapping[str, object] | None = None,
    channel: str = "web",
    radius_m: float = 0.0,
    pictures: Sequence[int] = (),
    at: datetime | None = None,
    except_case: int | None = None,
    with_answers: bool = False,
    deep: bool = False,
) -> Reading:
    """What triage makes of words that may not be a report yet. Writes nothing.

    With `deep` it takes the time to read what the words mean, which a page has not.
    """
    submission = Submission(
        words=words,
        language=language,
        lat=lat,
        lon=lon,
        at=at or now(),
        channel=channel,
        place=place_id,
        chosen=chosen,
        answers=answers or {},
        radius_m=radius_m,
        pictures=tuple(pictures),
        bursting=_bursting(book, lat, lon),
    )
    nearby = _nearby(book, submission, except_case)
    past = _past(book, submission) if with_answers else []
    return read_words(
        submission,
        catalogue(book),
        nearby,
        past,
        model_of(book.id),
        model_of(book.id, Learned.Task.URGENCY),
        sameness=weights_of(book.id),
        deep=deep,
    )


def dangerous(book: Book, words: str, service_id: int | None = None) -> bool:
    """Whether the words, or the service of itself, speak of any danger. Asks no database."""
    known = catalogue(book)
    chosen = known.by_id.get(service_id) if service_id is not None else None
    guess = Guess(chosen.id, 1.0, ()) if chosen else None
    submission = Submission(words, None, None, None, now(), "web")
    urgency = judge(submission, tokens(words), (), guess, known)
    return urgency.level != "no"


def read(event: int, case: int) -> dict[str, Any] | None:
    """The job after a report arrived: read it and keep the proposal. Returns what is to be noted on
    the case, as `casework.propose` takes it."""
    found = unread(event)
    return _propose(*found) if found is not None else None


def read_again(event: int, case: int) -> dict[str, Any] | None:
    """The job after a reporter added something: once it is known where, other cases are near.
    Returns what `read` does."""
    told = Event.objects.select_related("case").get(pk=event)
    if "place" in told.data and told.case.state == State.RECEIVED:
        report = Report.objects.filter(reference=told.case.reference).first()
        heard = _heard(report) if report is not None else []
        if report is not None and report.proposals.count() <= 1 + len(heard):
            return _propose(report, told.case.service_id, heard)
    return None


def read_heard(report: int) -> dict[str, Any] | None:
    """The job after a machine understood a recording: what it heard is read with what was written,
    as long as nobody has decided."""
    told = Report.objects.select_related("case").get(pk=report)
    if told.case.state == State.RECEIVED and told.case.reference == told.reference:
        return _propose(told, told.case.service_id, _heard(told))
    return None


def _heard(report: Report) -> list[str]:
    """What a machine understood of the recordings."""
    heard = report.recordings.exclude(heard="").order_by("pk")
    return list(heard.values_list("heard", flat=True))


def _propose(report: Report, settled: int | None, heard: Sequence[str] = ()) -> dict[str, Any]:
    book = book_of(report.city_id)
    reading = preview(
        book,
        words="\n".join(filter(None, (report.words, *heard))),
        language=report.language,
        lat=report.lat,
        lon=report.lon,
        place_id=report.place_id,
        chosen=report.service_id,
        answers=report.answers,
        channel=report.channel,
        radius_m=report.accuracy,
        pictures=likenesses_in(report.pk),
        at=report.received_at,
        except_case=report.case_id,
        with_answers=True,
        deep=True,
    )
    likeliest = reading.services[0].service_id if reading.services else None
    found = flags(book, report, settled or likeliest, reading)
    proposal = keep(report, reading, found)
    # What a machine understood is for a person to check.
    alone = not heard and may_stand(book, report, reading, found)
    return {"proposal_id": proposal.pk, "alone": alone}


def keep(report: Report, reading: Reading, found: Sequence[Flag] = ()) -> Proposal:
    """Store a reading of a report, and what the rules of special handling found in it."""
    best = reading.services[0] if reading.services else None
    return Proposal.objects.create(
        report=report,
        created_at=now(),
        model=reading.model,
        language=reading.language.code,
        service_id=best.service_id if best else None,
        confidence=best.probability if best else 0.0,
        confident=reading.confident,
        urgency=LEVELS[reading.urgency.level],
        services=[
            {
                "service": guess.service_id,
                "probability": round(guess.probability, 4),
                "reasons": _reasons(guess.reasons),
            }
            for guess in reading.services
        ],
        reasons=_reasons(reading.urgency.reasons),
        flags=list(found),
        duplicates=[
            {
                "case": each.case_id,
                "probability": round(each.probability, 4),
                "metres": round(each.metres),
                "reasons": _reasons(each.reasons),
            }
            for each in reading.duplicates
        ],
        answers=[
            {
                "template": each.template_id,
                "case": each.case_id,
                "kind": each.kind,
                "score": round(each.score, 4),
            }
            for each in reading.answers
        ],
    )


def _reasons(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Reasons as JSON, without the fields that say nothing."""
    fields = ("kind", "weight", "text", "start", "end", "case_id")
    rows = [{name: getattr(reason, name) for name in fields} for reason in reasons]
    return [{key: value for key, value in row.items() if value not in (None, "")} for row in rows]


def _bursting(book: Book, lat: float | None, lon: float | None) -> frozenset[int]:
    if lat is None or lon is None:
        return frozenset()
    return services_bursting(book.id, lat, lon)


def _nearby(book: Book, submission: Submission, except_case: int | None) -> list[Nearby]:
    if submission.lat is None or submission.lon is None:
        return []
    rows = around_point(
        book.id,
        submission.lat,
        submission.lon,
        metres=NEAR + submission.radius_m,
        at=submission.at,
    )
    others = [row for row in rows if row["id"] != except_case]
    seen = likenesses_of(row["id"] for row in others) if submission.pictures else {}
    return [_case(book, row, seen.get(row["id"], ())) for row in others]


def _case(book: Book, row: dict[str, Any], pictures: tuple[int, ...]) -> Nearby:
    service = book.services.get(row["service_id"])
    return Nearby(
        case_id=row["id"],
        service_id=row["service_id"],
        group=service.group if service else None,
        lat=row["lat"],
        lon=row["lon"],
        radius_m=row["accuracy"],
        at=row["opened_at"],
        open=row["open"],
        words=row["words"],
        department_id=row["department_id"],
        closed_at=row["closed_at"] or row["resolved_at"],
        pictures=pictures,
    )


def _past(book: Book, submission: Submission) -> list[Past]:
    """What was answered before to reports of the chosen service, or of the likeliest."""
    service_id = submission.chosen
    if service_id is None:
        guesses = read_words(submission, catalogue(book), model=model_of(book.id)).services
        service_id = guesses[0].service_id if guesses else None
    rows = answered_before(book.id, service_id=service_id, before=submission.at)
    return [Past(**row) for row in rows]
