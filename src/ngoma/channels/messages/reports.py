"""A message becomes a report, or part of one of the sender's."""

from dataclasses import replace

import structlog
from django.db.models import QuerySet

from ngoma.casework import talking
from ngoma.casework.errors import Refusal
from ngoma.casework.talking import Spot
from ngoma.channels.messages import files
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.saying import language_of, say
from ngoma.cities.book import Book
from ngoma.intake import photos
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import Receipt, submit
from ngoma.people import vault
from ngoma.people.permissions import resident
from ngoma.records.models import Report

log = structlog.get_logger(__name__)


def own(book: Book, message: Message) -> QuerySet[Report]:
    """The sender's own reports, the newest first."""
    finder = vault.finder(book.id, message.address.address)
    return Report.objects.filter(city=book.id, contact__finder=finder).order_by("-id")


def add(report: Report, message: Message, said: str, spot: Spot | None = None) -> bool:
    """Add to a report; False where nothing can be added to it any more."""
    told = said or (f"{message.lat:.5f}, {message.lon:.5f}" if spot is not None else "")
    kept = files.kept(message.photos)
    if told or kept:
        try:
            talking.inform(
                actor=resident(report),
                case_id=report.case_id,
                text=told,
                photo_ids=[photo.pk for photo in kept],
                spot=spot,
            )
        except Refusal:
            photos.discard(kept)
            return False
    _order(report, message, later=True)
    return True


def hand_in(
    book: Book, message: Message, *, words: str = "", place: str = "", joins: str = ""
) -> Receipt | None:
    """Hand it in; None where nothing of it can be a report, and how to report is said."""
    spot = spot_of(book, message)
    submission = Submission(
        book=book,
        origin=message.gateway,
        key=message.id,
        channel=message.channel,
        words=words or message.text,
        language=language_of(book, message),
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        accuracy=message.accuracy,
        place=place or None,
        placeless=True,
        photos=message.photos,
        coming=len(message.files) + len(message.voices),
        writer=message.address if message.verified else None,
        email="" if message.verified else message.address.address,
        joins=joins or None,
    )
    try:
        receipt = submit(submission)
    except Refused as refused:
        if message.photos:  # the words are worth more than photos that cannot be taken
            return hand_in(book, replace(message, photos=()), words=words, place=place, joins=joins)
        log.info("message not taken", reason=str(refused))
        say(book, message, "help")
        return None
    _order(receipt.report, message, later=False)
    return receipt


def spot_of(book: Book, message: Message) -> Spot | None:
    """Where the sender is; nowhere if that is outside the city."""
    if message.lat is None or message.lon is None:
        return None
    located = book.locate(message.lat, message.lon)
    if located.outside_m > float(book.settings["map"]["outside"]):
        return None
    return Spot(located.place_id, message.lat, message.lon, int(message.accuracy))


def _order(report: Report, message: Message, *, later: bool) -> None:
    files.order(report, message.gateway, files=message.files, voices=message.voices, later=later)
