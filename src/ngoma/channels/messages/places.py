"""Where a report is, asked back: first in general, then which of several that may be meant."""

from ngoma.base.clock import now
from ngoma.casework.talking import Spot
from ngoma.channels import texts
from ngoma.channels.dialogue.engine import names, understood
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
    number = _number(message.text.strip(" ."), list(asked.get("choices", ())))
    if offered and 1 <= number <= len(offered) + 1:
        place = offered[number - 1] if number <= len(offered) else ""
        return add(report, message, str(asked["said"]), _spot(book, place))
    if len(message.text.split()) > LONGEST_ANSWER:
        return False
    place, several = understood(book, message.text)
    if several and not offered:
        choices = _choices(book, several, language_of(book, message))
        known = {"report": report.pk, "offered": several, "said": message.text}
        talk.state, talk.answer = known | {"choices": choices}, "\n".join(choices)
        _offer(book, message, report, choices)
        return True
    spot = _spot(book, place) or _landmark(book, message.text)
    return add(report, message, message.text, spot)


def is_late(message: Message, talk: Talk) -> bool:
    """Whether a button was pressed whose question is no longer open."""
    return bool(message.text) and message.text in talk.answer.split("\n")


def _choices(book: Book, codes: tuple[str, ...], language: str) -> list[str]:
    """The places, and none of them, each with its number."""
    offered = [*names(book, codes, language), texts.said("none", language)]
    return [f"{number} {each}" for number, each in enumerate(offered, 1)]


def _number(said: str, choices: list[str]) -> int:
    """Which choice is meant, by its number or as its button says it; 0 for neither."""
    if said in choices:
        return choices.index(said) + 1
    return int(said) if said in ("1", "2", "3", "4") else 0


def _offer(book: Book, message: Message, report: Report, choices: list[str]) -> None:
    language = language_of(book, message)
    words = f"{texts.said('which', language)} {' '.join(choices)}"
    say_words(book, message, words, language=language, report=report, choices=choices)


def _spot(book: Book, code: str) -> Spot | None:
    if not code:
        return None
    found = placing.centre(book, book.place_by_code[code].id)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy)


def _landmark(book: Book, said: str) -> Spot | None:
    found = placing.landmark(book, said)
    return Spot(found.place_id, found.lat, found.lon, found.accuracy) if found.lat else None
