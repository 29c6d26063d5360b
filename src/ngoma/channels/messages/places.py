"""Where a report is, asked back: first in general, then which of several that may be meant."""

from ngoma.base.clock import now
from ngoma.casework.talking import Spot
from ngoma.channels import texts
from ngoma.channels.dialogue.engine import name, understood
from ngoma.channels.dialogue.talks import LASTS
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.reports import add, spot_of
from ngoma.channels.messages.saying import language_of, say, say_words
from ngoma.cities.book import Book
from ngoma.intake import placing
from ngoma.records.models import Report, Talk

LONGEST_ANSWER = 10
"""Words of an answer to where something is; more are another report."""


def ask(book: Book, message: Message, talk: Talk, report: Report) -> None:
    """Ask where it is; what comes next is the answer."""
    talk.state = {"report": report.pk}
    say(book, message, "where", report=report)


def told(book: Book, message: Message, talk: Talk) -> bool:
    """Take the answer to where a report is. False: that was not asked, or it is no longer open."""
    asked, talk.state = talk.state, None
    report = Report.objects.filter(pk=asked["report"]).first() if asked else None
    if not asked or report is None or talk.at < now() - LASTS or message.wordless:
        talk.state = asked if message.wordless else None
        return False
    if message.positioned:
        return add(report, message, message.text, spot_of(book, message))
    offered = tuple(asked.get("offered", ()))
    said = message.text.strip(" .")
    number = int(said) if said in ("1", "2", "3", "4") else 0
    if offered and 1 <= number <= len(offered) + 1:
        place = offered[number - 1] if number <= len(offered) else ""
        return add(report, message, str(asked["said"]), _spot(book, place))
    if len(message.text.split()) > LONGEST_ANSWER:
        return False
    place, several = understood(book, message.text)
    if several and not offered:
        talk.state = {"report": report.pk, "offered": several, "said": message.text}
        _offer(book, message, report, several)
        return True
    spot = _spot(book, place) or _landmark(book, message.text)
    return add(report, message, message.text, spot)


def _offer(book: Book, message: Message, report: Report, codes: tuple[str, ...]) -> None:
    language = language_of(book, message)
    names = [*(name(book, code, language) for code in codes), texts.said("none", language)]
    listed = " ".join(f"{number} {each}" for number, each in enumerate(names, 1))
    words = f"{texts.said('which', language)} {listed}"
    say_words(book, message, words, language=language, report=report)


def _spot(book: Book, code: str) -> Spot | None:
    if not code:
        return None
    found = placing.centre(book, book.place_by_code[code].id)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy)


def _landmark(book: Book, said: str) -> Spot | None:
    found = placing.landmark(book, said)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy) if found.lat else None
