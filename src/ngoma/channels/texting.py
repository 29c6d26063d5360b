"""What somebody writes to the city in a message of their own, and what we say to that.

A message is a report, unless it is a word of command, an answer that we wait for, or about a report
whose number it starts with. A report is kept at once, whatever has still to be asked.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.base.floods import Flood
from ngoma.casework import talking
from ngoma.casework.errors import Refusal
from ngoma.casework.talking import Spot
from ngoma.channels import texts
from ngoma.channels.dialogue.doing import meant, status
from ngoma.channels.dialogue.engine import name, understood
from ngoma.channels.dialogue.talks import LASTS
from ngoma.cities import gazetteer
from ngoma.cities.book import Book
from ngoma.cities.book import text as in_language
from ngoma.intake.placing import LEAST_SCORE
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import LONGEST_WORDS, Receipt, submit
from ngoma.notices.replying import reply
from ngoma.people import vault
from ngoma.people.permissions import resident
from ngoma.people.vault import Address
from ngoma.proposals.reading import dangerous
from ngoma.records.models import Contact, Report, State, Talk
from ngoma.triage.language import identify

MOST_MESSAGES = 30
"""Of one number in ten minutes; what speaks of danger is taken above it, too."""
REMEMBERED = 12
"""Messages of one number of which it is known that they came before."""
REPLIES_LAST = timedelta(days=2)
"""How long the number of somebody is kept to whom we only said something back."""
_COMMANDS = ("stop", "help", "start")

_flood = Flood(0)


@dataclass(frozen=True, slots=True)
class Message:
    """What came: by which channel, under which name of the gateway's, from whom."""

    channel: str
    id: str
    address: Address
    text: str


def take(book: Book, message: Message) -> None:
    """Do what a message asks for, once however often it comes."""
    message = Message(
        message.channel, message.id, message.address, clean(message.text)[:LONGEST_WORDS].strip()
    )
    finder = vault.finder(book.id, message.address.address)
    with transaction.atomic():
        talk = _talk(book, message, finder)
        heard = talk.heard.split()
        if message.id in heard:
            return
        talk.heard = " ".join([*heard[1 - REMEMBERED :], message.id])
        if _too_many(book, message, finder):
            if talk.session != "flood":
                _say(book, message, "flood")
            talk.session = "flood"
        else:
            talk.session = ""
            _answer(book, message, talk)
        talk.at = now()
        talk.save()


def forget_floods() -> None:
    """Count from nothing: the tests need it."""
    _flood.clear()


def _talk(book: Book, message: Message, finder: str) -> Talk:
    """What is known of the conversation, held until the message is done with."""
    wanted = {"city_id": book.id, "channel": message.channel, "person": finder}
    new = {"key": "", "session": "", "heard": "", "answer": "", "at": now()}
    Talk.objects.get_or_create(**wanted, defaults=new)
    return Talk.objects.select_for_update().get(**wanted)


def _too_many(book: Book, message: Message, finder: str) -> bool:
    at = now()
    return _flood.add(finder, at) > MOST_MESSAGES and not _dangerous(book, message.text)


def _dangerous(book: Book, words: str) -> bool:
    return bool(book.stopper(None, words)) or dangerous(book, words, None)


def _answer(book: Book, message: Message, talk: Talk) -> None:
    """Find out what the message is, and do it."""
    command = _command(book, message.text)
    if command:
        _command_given(book, message, command)
        return
    reference, rest = _about(book, message.text)
    if reference:
        _about_report(book, message, reference, rest)
        return
    asked, talk.state = talk.state, None
    if asked and talk.at > now() - LASTS:
        if _place_told(book, message, talk, asked):
            return
    elif _question_answered(book, message):
        return
    _report(book, message, talk)


def _command(book: Book, said: str) -> str:
    """The command that the whole message is, in any language of the city; empty for none."""
    word = said.strip(" .!?").casefold()
    for command in _COMMANDS:
        if any(word in texts.words(command, language) for language in (*book.languages, "en")):
            return command
    return "" if any(map(str.isalnum, word)) else "help"


def _command_given(book: Book, message: Message, command: str) -> None:
    if command == "stop":
        contact = vault.find(book.id, message.address)
        language = _language(book, message)
        if contact is not None:
            vault.erase_address(contact)
        _say(book, message, "stopped", language=language)
    else:
        _say(book, message, "help")


def _about(book: Book, said: str) -> tuple[str, str]:
    """The number of a report that the message starts with, and the rest; empty where it does not
    start with one."""
    words = said.split()
    for count in range(min(4, len(words)), 0, -1):
        start = " ".join(words[:count])
        reference = meant(book, start) if any(map(str.isdigit, start)) else ""
        if reference and Report.objects.filter(city=book.id, reference=reference).exists():
            return reference, " ".join(words[count:])
    return "", ""


def _about_report(book: Book, message: Message, reference: str, rest: str) -> None:
    """How it goes; or what its reporter adds; or one more voice of somebody else."""
    language = _language(book, message)
    if not rest:
        reply(_contact(book, message), status(book, reference, language), language=language)
        return
    finder = vault.finder(book.id, message.address.address)
    own = Report.objects.filter(reference=reference, contact__finder=finder).first()
    if own is None:
        _hand_in(book, message, words=rest, joins=reference)
    elif not _add(own, rest):
        _hand_in(book, message, words=rest)


def _question_answered(book: Book, message: Message) -> bool:
    """Whether the city had asked the sender something, and this is the answer."""
    finder = vault.finder(book.id, message.address.address)
    asked = Report.objects.filter(
        city=book.id, contact__finder=finder, case__state=State.WAITING
    ).order_by("-id")
    report = asked.first()
    return report is not None and _add(report, message.text)


def _place_told(book: Book, message: Message, talk: Talk, asked: dict[str, Any]) -> bool:
    """Take the answer to where a report is. False: it is none, for the report is no longer open."""
    report = Report.objects.filter(pk=asked["report"]).first()
    if report is None:
        return False
    offered = tuple(asked.get("offered", ()))
    number = int(message.text) if message.text in ("1", "2", "3", "4") else 0
    if offered and 1 <= number <= len(offered) + 1:
        place = offered[number - 1] if number <= len(offered) else ""
        return _add(report, str(asked["said"]), _spot(book, place))
    place, several = understood(book, message.text)
    if several and not offered:
        talk.state = {"report": report.pk, "offered": several, "said": message.text}
        _offer(book, message, several)
        return True
    return _add(report, message.text, _spot(book, place))


def _spot(book: Book, code: str) -> Spot | None:
    if not code:
        return None
    place = book.place_by_code[code]
    return Spot(place.id, place.lat, place.lon)


def _offer(book: Book, message: Message, codes: tuple[str, ...]) -> None:
    language = _language(book, message)
    names = [*(name(book, code, language) for code in codes), texts.said("none", language)]
    listed = " ".join(f"{number} {each}" for number, each in enumerate(names, 1))
    text = f"{texts.said('which', language)} {listed}"
    reply(_contact(book, message), text, language=language)


def _add(report: Report, said: str, spot: Spot | None = None) -> bool:
    """Add to a report; False where nothing can be added to it any more."""
    try:
        talking.inform(actor=resident(report), case_id=report.case_id, text=said, spot=spot)
    except Refusal:
        return False
    return True


def _report(book: Book, message: Message, talk: Talk) -> None:
    """Keep it as a report, then ask where it is if that was not said."""
    found = gazetteer.mentioned(book, message.text, limit=1)
    sure = found and found[0].score >= LEAST_SCORE
    place = book.places[found[0].place_id].code if sure else ""
    receipt = _hand_in(book, message, place=place)
    if receipt is None:
        return
    stopper = book.stopper(None, message.text)
    if stopper and stopper.get("phone"):
        reference = receipt.report.reference
        _say(book, message, "danger", reference=reference, phone=str(stopper["phone"]))
    if receipt.case.place_id is None:
        talk.state = {"report": receipt.report.pk}
        _say(book, message, "where")


def _hand_in(
    book: Book, message: Message, *, words: str = "", place: str = "", joins: str = ""
) -> Receipt | None:
    submission = Submission(
        book=book,
        origin=message.channel,
        key=message.id,
        channel=message.channel,
        words=words or message.text,
        place=place or None,
        placeless=not place,
        phone=message.address.address,
        verified=True,
        joins=joins or None,
    )
    try:
        return submit(submission)
    except Refused:
        _say(book, message, "help")
        return None


def _say(book: Book, message: Message, key: str, *, language: str = "", **fields: str) -> None:
    language = language or _language(book, message)
    fields |= {
        "city": in_language(book.names, language),
        "phone": fields.get("phone") or _call(book),
    }
    reply(_contact(book, message), texts.said(key, language, **fields), language=language)


def _call(book: Book) -> str:
    return str(book.settings.get("emergency", ""))


def _contact(book: Book, message: Message) -> Contact:
    """To whom we say something; a number that left no report is kept for a moment only."""
    known = vault.find(book.id, message.address)
    if known is not None:
        return known
    language = _language(book, message)
    return vault.keep(
        book.id, message.address, language=language, purpose="reply", lasts=REPLIES_LAST
    )


def _language(book: Book, message: Message) -> str:
    """The language of what was written, or else the one in which we wrote before."""
    for purpose in ("report", "reply"):
        known = vault.find(book.id, message.address, purpose=purpose)
        if known is not None:
            return book.language(known.language)
    return book.language(identify(message.text, None, book.languages).code)
