"""A message is taken: once, however often it comes.

It is a report, unless it is a word of command, an answer that we wait for, or about a report whose
number it starts with. A report is kept at once, whatever has still to be asked.
"""

import hashlib
import re
from datetime import timedelta

from django.db import transaction

from ngoma.base.clock import now
from ngoma.base.references import show
from ngoma.casework.forgetting import forget_address
from ngoma.channels import floods
from ngoma.channels.dialogue.doing import status
from ngoma.channels.dialogue.talks import held
from ngoma.channels.messages import places
from ngoma.channels.messages.meaning import about, command, place_in
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.reports import add, hand_in, own, spot_of
from ngoma.channels.messages.saying import known, language_of, say, say_words
from ngoma.cities.book import Book
from ngoma.people import vault
from ngoma.records.models import Report, State, Talk

REMEMBERED = floods.MOST
"""Messages of one sender of which it is known that they came before: as many as are taken while the
signature of an old one is still believed."""
RECENT = timedelta(hours=1)
"""After a report, a photo or a position without words belongs to it."""
_FLOOD = "flood"
_PIN = re.compile(r"(?:PIN\W*)?[0-9]{4}\W*", re.IGNORECASE)


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
        if not floods.too_many(book, finder, message.text):
            talk.session = ""
            _answer(book, message, talk)
        elif talk.session != _FLOOD:
            talk.session = _FLOOD
            say(book, message, "flood")
        talk.at = now()
        talk.save()


def _name(message: Message) -> str:
    """A short name of the message: those of gateways are as long as they please."""
    return hashlib.sha256(message.id.encode()).hexdigest()[:16]


def _answer(book: Book, message: Message, talk: Talk) -> None:
    """Find out what the message is, and do it."""
    report = Report.objects.filter(pk=message.about).first() if message.about else None
    if report is not None and _about_answered(book, message, talk, report):
        return
    # Anybody may report; nobody acts in another's name. And a danger is never taken for an answer.
    if not message.verified or book.stopper(None, message.text):
        _report(book, message, talk)
        return
    if not message.text and (message.laden or message.positioned):
        if not (places.told(book, message, talk) or _added_to_recent(book, message)):
            _report(book, message, talk)
        return
    if wanted := command(book, message.text):
        _command_given(book, message, wanted)
        return
    reference, rest = about(book, message.text)
    if reference:
        _about_report(book, message, reference, rest)
    elif not (
        places.told(book, message, talk)
        or places.is_late(message, talk)
        or _question_answered(book, message)
    ):
        _report(book, message, talk)


def _about_answered(book: Book, message: Message, talk: Talk, report: Report) -> bool:
    """Take an answer to one of our mails, that on the place too; False where it comes too late."""
    if talk.state and talk.state["report"] == report.pk and places.told(book, message, talk):
        return True
    return add(report, message, message.text)


def _command_given(book: Book, message: Message, wanted: str) -> None:
    if wanted != "stop":
        say(book, message, "help")
        return
    language = language_of(book, message)
    contact = known(book, message).first()
    if contact is not None:
        forget_address(contact)
    say(book, message, "stopped", language=language)


def _about_report(book: Book, message: Message, reference: str, rest: str) -> None:
    """How it goes; or what its reporter adds; or one more voice of somebody else."""
    if (not rest or _PIN.fullmatch(rest)) and not message.laden:
        language = language_of(book, message)
        finder = vault.finder(book.id, message.address.address)
        words = status(book, f"{reference} {rest}", language, finder=finder)
        say_words(book, message, words, language=language)
        return
    report = own(book, message).filter(reference=reference).first()
    if report is None:
        hand_in(book, message, words=rest, joins=reference)
    elif not add(report, message, rest):
        hand_in(book, message, words=rest)


def _question_answered(book: Book, message: Message) -> bool:
    """Whether the city had asked the sender something, and this is the answer."""
    report = own(book, message).filter(case__state=State.WAITING).first()
    return report is not None and add(report, message, message.text)


def _added_to_recent(book: Book, message: Message) -> bool:
    """Whether the sender has just reported something to which the photo or position belongs."""
    recent = own(book, message).filter(received_at__gt=now() - RECENT).first()
    return recent is not None and add(recent, message, "", spot_of(book, message))


def _report(book: Book, message: Message, talk: Talk) -> None:
    """Keep it as a report, then ask where it is if that was not said."""
    receipt = hand_in(book, message, place=place_in(book, message.text))
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
        places.ask(book, message, talk, report)
