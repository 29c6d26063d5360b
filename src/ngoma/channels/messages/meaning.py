"""What a message is: a word of command, about a report, or words of a report."""

from ngoma.channels import texts
from ngoma.channels.dialogue.doing import meant
from ngoma.cities import gazetteer
from ngoma.cities.book import Book
from ngoma.records.models import Report

COMMANDS = ("stop", "help", "start")
_LONGEST_REFERENCE = 4
"""Words over which somebody spreads the number of a report."""


def command(book: Book, said: str) -> str:
    """The command that the whole message is, in any language of the city; empty for none.

    What holds neither letter nor digit asks for help.
    """
    word = said.strip(" .!?/").casefold()
    for each in COMMANDS:
        if any(word in texts.words(each, language) for language in (*book.languages, "en")):
            return each
    return "" if any(map(str.isalnum, word)) else "help"


def about(book: Book, said: str) -> tuple[str, str]:
    """The number of a report that the message starts with, and the rest; empty where it does not
    start with one."""
    words = said.split()
    for count in range(min(_LONGEST_REFERENCE, len(words)), 0, -1):
        start = " ".join(words[:count])
        reference = meant(book, start) if _may_be_number(book, start) else ""
        if reference and Report.objects.filter(city=book.id, reference=reference).exists():
            return reference, " ".join(words[count:])
    return "", ""


def _may_be_number(book: Book, start: str) -> bool:
    """Whether words look like the number of a report; without its letters it has to have a digit,
    for there are words of the same letters."""
    return start.upper().startswith(book.prefix) or any(map(str.isdigit, start))


def place_in(book: Book, said: str) -> str:
    """The code of the place that the words of a report surely name; empty for none."""
    found = gazetteer.mentioned(book, said, limit=1)
    sure = found and found[0].score >= gazetteer.SURE
    return book.places[found[0].place_id].code if sure else ""
