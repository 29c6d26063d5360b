"""What we say back, in the language of who wrote."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

from ngoma.channels import texts
from ngoma.channels.messages.message import Message
from ngoma.cities.book import Book, text
from ngoma.notices.replying import reply
from ngoma.people import vault
from ngoma.records.models import Contact, Report
from ngoma.triage.language import identify

SURE = 0.5
"""How likely a language has to be to be answered in."""
REPLIES_LAST = timedelta(days=2)
"""How long the address of somebody is kept to whom we only said something back."""


def say(
    book: Book,
    message: Message,
    key: str,
    *,
    language: str = "",
    report: Report | None = None,
    **fields: str,
) -> None:
    """One of the sentences of `channels.texts`; `report` is what it is about."""
    language = language or language_of(book, message)
    known = {
        "city": text(book.names, language),
        "phone": str(book.settings["emergency"]),
        **fields,
    }
    words = texts.said(key, language, **known)
    say_words(book, message, words, language=language, report=report)


def say_words(
    book: Book,
    message: Message,
    words: str,
    *,
    language: str,
    report: Report | None = None,
    choices: Sequence[str] = (),
) -> None:
    """These very words, with buttons for `choices` where the way has any."""
    contact = vault.find(book.id, message.address) or vault.keep(
        book.id, message.address, language=language, purpose="reply", lasts=REPLIES_LAST
    )
    reply(contact, words, language=language, report=report, choices=choices)


def known(book: Book, message: Message) -> QuerySet[Contact]:
    """What the city has of the sender, for whatever purpose."""
    finder = vault.finder(book.id, message.address.address)
    return Contact.objects.filter(city=book.id, finder=finder).order_by("-purpose")


def language_of(book: Book, message: Message) -> str:
    """The language in which we wrote before, or else that of what was written, if that is sure."""
    before = known(book, message).values_list("language", flat=True).first()
    written = identify(message.text, None, book.languages)
    return book.language(before or (written.code if written.confidence >= SURE else None))
