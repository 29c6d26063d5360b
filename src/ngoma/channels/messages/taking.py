"""A message is taken: once, however often it comes.

It is a report, unless it is a word of command, an answer that we wait for, or about a report whose
number it starts with. A report is kept at once, whatever has still to be asked.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction

from ngoma.base.clock import now
from ngoma.base.floods import Flood
from ngoma.base.references import show
from ngoma.casework import talking
from ngoma.casework.errors import Refusal
from ngoma.casework.talking import Spot
from ngoma.channels import texts
from ngoma.channels.dialogue.doing import status
from ngoma.channels.dialogue.engine import name, understood
from ngoma.channels.dialogue.talks import LASTS, held
from ngoma.channels.messages import files
from ngoma.channels.messages.meaning import about, command, place_in
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.saying import known, language_of, say, say_words
from ngoma.cities.book import Book
from ngoma.intake import photos, placing
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import Receipt, submit
from ngoma.people import vault
from ngoma.people.permissions import resident
from ngoma.proposals.reading import dangerous
from ngoma.records.models import Report, State, Talk

MOST_MESSAGES = 30
"""Of one sender in ten minutes; what speaks of danger is taken above it, too."""
REMEMBERED = 12
"""Messages of one sender of which it is known that they came before."""
RECENT = timedelta(hours=1)
"""After a report, a photo or a position without words belongs to it."""
_FLOOD = "flood"
log = structlog.get_logger(__name__)
_senders = Flood(0)


def take(book: Book, message: Message) -> None:
    """Do what a message asks for."""
    message = message.tidied()
    finder = vault.finder(book.id, message.address.address)
    with transaction.atomic():
        talk = held(book, message.gateway, finder)
        heard, name = talk.heard.split(), _name(message)
        if name in heard:
            return
        talk.heard = " ".join([*heard[1 - REMEMBERED :], name])
        if not _too_many(book, message, finder):
            talk.session = ""
            _answer(book, message, talk)
        elif talk.session != _FLOOD:
            talk.session = _FLOOD
            say(book, message, "flood")
        talk.at = now()
        talk.save()


def forget_floods() -> None:
    """Count from nothing: the tests need it."""
    _senders.clear()


def _name(message: Message) -> str:
    """A short name of the message: those of gateways are as long as they please."""
    return hashlib.sha256(message.id.encode()).hexdigest()[:16]


def _too_many(book: Book, message: Message, finder: str) -> bool:
    if _senders.add(finder, now()) <= MOST_MESSAGES:
        return False
    return not (book.stopper(None, message.text) or dangerous(book, message.text, None))


def _answer(book: Book, message: Message, talk: Talk) -> None:
    """Find out what the message is, and do it."""
    report = Report.objects.filter(pk=message.about).first() if message.about else None
    if report is not None and _about_answered(book, message, talk, report):
        return
    if not message.verified:  # anybody may report; nobody acts in another's name
        _report(book, message, talk)
        return
    if not message.text and (message.laden or message.positioned):
        if not (_place_told(book, message, talk) or _added_to_recent(book, message)):
            _report(book, message, talk)
        return
    if wanted := command(book, message.text):
        _command_given(book, message, wanted)
        return
    reference, rest = about(book, message.text)
    if reference:
        _about_report(book, message, reference, rest)
    elif not (_place_told(book, message, talk) or _question_answered(book, message)):
        _report(book, message, talk)


def _about_answered(book: Book, message: Message, talk: Talk, report: Report) -> bool:
    """Take an answer to one of our mails, that on the place too; False where it comes too late."""
    if talk.state and talk.state["report"] == report.pk and _place_told(book, message, talk):
        return True
    return _add(report, message, message.text)


def _command_given(book: Book, message: Message, wanted: str) -> None:
    if wanted != "stop":
        say(book, message, "help")
        return
    language = language_of(book, message)
    contact = known(book, message).first()
    if contact is not None:
        vault.erase_address(contact)
    say(book, message, "stopped", language=language)


def _about_report(book: Book, message: Message, reference: str, rest: str) -> None:
    """How it goes; or what its reporter adds; or one more voice of somebody else."""
    if not rest and not message.laden:
        language = language_of(book, message)
        finder = vault.finder(book.id, message.address.address)
        words = status(book, reference, language, finder=finder)
        say_words(book, message, words, language=language)
        return
    own = _reports(book, message).filter(reference=reference).first()
    if own is None:
        _hand_in(book, message, words=rest, joins=reference)
    elif not _add(own, message, rest):
        _hand_in(book, message, words=rest)


def _reports(book: Book, message: Message) -> Any:
    """The sender's own reports, the newest first."""
    finder = vault.finder(book.id, message.address.address)
    return Report.objects.filter(city=book.id, contact__finder=finder).order_by("-id")


def _question_answered(book: Book, message: Message) -> bool:
    """Whether the city had asked the sender something, and this is the answer."""
    report = _reports(book, message).filter(case__state=State.WAITING).first()
    return report is not None and _add(report, message, message.text)


def _added_to_recent(book: Book, message: Message) -> bool:
    """Whether the sender has just reported something to which the photo or position belongs."""
    recent = _reports(book, message).filter(received_at__gt=now() - RECENT).first()
    return recent is not None and _add(recent, message, "", _spot_of(book, message))


def _place_told(book: Book, message: Message, talk: Talk) -> bool:
    """Take the answer to where a report is. False: that was not asked, or it is no longer open."""
    asked, talk.state = talk.state, None
    report = Report.objects.filter(pk=asked["report"]).first() if asked else None
    if not asked or report is None or talk.at < now() - LASTS or _wordless(message):
        talk.state = asked if _wordless(message) else None
        return False
    if message.positioned:
        return _add(report, message, message.text, _spot_of(book, message))
    offered = tuple(asked.get("offered", ()))
    number = int(message.text) if message.text in ("1", "2", "3", "4") else 0
    if offered and 1 <= number <= len(offered) + 1:
        place = offered[number - 1] if number <= len(offered) else ""
        return _add(report, message, str(asked["said"]), _spot(book, place))
    place, several = understood(book, message.text)
    if several and not offered:
        talk.state = {"report": report.pk, "offered": several, "said": message.text}
        _offer(book, message, report, several)
        return True
    spot = _spot(book, place) or _landmark(book, message.text)
    return _add(report, message, message.text, spot)


def _wordless(message: Message) -> bool:
    return message.laden and not message.text and not message.positioned


def _spot(book: Book, code: str) -> Spot | None:
    if not code:
        return None
    found = placing.centre(book, book.place_by_code[code].id)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy)


def _landmark(book: Book, said: str) -> Spot | None:
    found = placing.landmark(book, said)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy) if found.lat else None


def _spot_of(book: Book, message: Message) -> Spot | None:
    """Where the sender is; nowhere if that is outside the city."""
    if message.lat is None or message.lon is None:
        return None
    located = book.locate(message.lat, message.lon)
    if located.outside_m > float(book.settings["map"]["outside"]):
        return None
    return Spot(located.place_id, message.lat, message.lon, int(message.accuracy))


def _offer(book: Book, message: Message, report: Report, codes: tuple[str, ...]) -> None:
    language = language_of(book, message)
    names = [*(name(book, code, language) for code in codes), texts.said("none", language)]
    listed = " ".join(f"{number} {each}" for number, each in enumerate(names, 1))
    words = f"{texts.said('which', language)} {listed}"
    say_words(book, message, words, language=language, report=report)


def _add(report: Report, message: Message, said: str, spot: Spot | None = None) -> bool:
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
    files.order(report, message, later=True)
    return True


def _report(book: Book, message: Message, talk: Talk) -> None:
    """Keep it as a report, then ask where it is if that was not said."""
    receipt = _hand_in(book, message, place=place_in(book, message.text))
    if receipt is None:
        return
    report = receipt.report
    stopper = book.stopper(None, message.text)
    if stopper and stopper.get("phone"):
        reference, phone = show(report.reference), str(stopper["phone"])
        say(book, message, "danger", report=report, reference=reference, phone=phone)
    if not message.verified:  # who knows whom a question would reach
        return
    if receipt.case.place_id is None and receipt.case.lat is None:
        talk.state = {"report": report.pk}
        say(book, message, "where", report=report)


def _hand_in(
    book: Book, message: Message, *, words: str = "", place: str = "", joins: str = ""
) -> Receipt | None:
    spot = _spot_of(book, message)
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
            return _hand_in(
                book, replace(message, photos=()), words=words, place=place, joins=joins
            )
        log.info("message not taken", reason=str(refused))
        say(book, message, "help")
        return None
    files.order(receipt.report, message, later=False)
    return receipt
