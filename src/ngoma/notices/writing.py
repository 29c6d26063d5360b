"""A notice in words: the fields an event gives, put into the texts, within the length of an SMS."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ngoma.base.clock import parse
from ngoma.base.references import show
from ngoma.cities.book import Book, text
from ngoma.notices import sms, texts
from ngoma.notices.links import CODE, LINK, PIN, STOP, own_page
from ngoma.people.publicity import public_event
from ngoma.people.publicity import said as spoken
from ngoma.records.models import Case, Event, Report

MOST_SEGMENTS = 2
"""Of one SMS; where an officer's words would make it longer, they are shortened."""


@dataclass(frozen=True, slots=True)
class Written:
    """A notice as it is kept, with a place for the link."""

    subject: str
    text: str


def write(
    kind: str,
    *,
    channel: str,
    language: str,
    book: Book,
    event: Event,
    report: Report,
    code: bool = False,
) -> Written:
    """The notice of this kind about an event, for the reporter of `report`.

    `channel` is `sms` or `email`; an SMS has no subject. `code`: with a place for a one-time code.
    """
    words = texts.words(kind, language)
    mail = channel == "email"
    fields = {
        "reference": show(report.reference),
        "city": text(book.names, language),
        "link": LINK,
        "code": CODE if code else "",
        "pin": "" if code or event.case.public else PIN,  # there is room for one of them
        **_dates(book, event, language, long=mail),
        **_names(book, event, language),
    }
    if mail:
        parts = texts.fill(words.mail, fields)
        return Written(words.subject.format_map(fields), "\n\n".join(parts))
    return Written("", _short(words.sms, fields, own_page(book, report, language)))


def write_news(event: Event, *, reference: str, channel: str, language: str, book: Book) -> Written:
    """What a follower is told of an event: nothing that not everybody may know.

    `reference` is that by which they know the case.
    """
    words = texts.words("news", language)
    public = public_event(event.kind, event.data) or {}
    fields = {
        "reference": show(reference),
        "city": text(book.names, language),
        "link": LINK,
        "stop": STOP,
        **_dates(book, event, language, long=channel == "email"),
        **_names(book, event, language),
        "text": _text(book, public, language),
    }
    fields["news"] = " ".join(texts.fill(texts.news(event.kind, language), fields))
    subject = words.subject.format_map(fields)[:200]
    if channel == "push":
        return Written(subject, fields["text"])
    if channel == "email":
        return Written(subject, "\n\n".join(texts.fill(words.mail, fields)))
    return Written("", sms.plain(" ".join(texts.fill(words.sms, fields))))


def write_alert(name: str, *, event: Event, language: str, book: Book) -> Written:
    """The mail that tells a colleague what cannot wait; nothing that a resident has told is in it.

    `name` is that of the words: `late` or `mentioned`.
    """
    words = texts.words("alert", language)
    fields = {
        "reference": show(event.case.reference),
        "city": text(book.names, language),
        "link": LINK,
        "what": _what(book, event.case, language),
        "who": (event.user.get_full_name() or event.user.username) if event.user else "",
        **_dates(book, event, language, long=True),
    }
    fields["news"] = " ".join(texts.fill(texts.alert(name, language), fields))
    subject = words.subject.format_map(fields)[:200]
    return Written(subject, "\n\n".join(texts.fill(words.mail, fields)))


def write_handing_on(event: Event, *, language: str, book: Book) -> Written:
    """The mail that hands a case on to another body, in the words that are published.

    Who reported it is not told: the body answers to the city, or on the public page.
    """
    words = texts.words("handed_on", language)
    reports = list(Report.objects.filter(case=event.case_id).order_by("id"))
    fields = {
        "reference": show(event.case.reference),
        "city": text(book.names, language),
        "link": LINK,
        "what": _what(book, event.case, language),
        "where": "; ".join(filter(None, (each.public_location for each in reports))),
        "words": "\n\n".join(filter(None, (each.public_words for each in reports))),
        "text": event.data.get("text", ""),
    }
    subject = words.subject.format_map(fields)[:200]
    return Written(subject, "\n\n".join(texts.fill(words.mail, fields)))


def write_code(*, channel: str, language: str, book: Book, minutes: int) -> Written:
    """The message that brings a one-time code which is good for some minutes."""
    words = texts.words("code", language)
    fields = {"city": text(book.names, language), "code": CODE, "minutes": str(minutes)}
    if channel == "email":
        parts = texts.fill(words.mail, fields)
        return Written(words.subject.format_map(fields), "\n\n".join(parts))
    return Written("", sms.plain(" ".join(texts.fill(words.sms, fields))))


def _short(parts: tuple[str, ...], fields: Mapping[str, str], link: str) -> str:
    """One line, with as much of the officer's words as fit beside everything else and the link."""
    said = _sentence(sms.plain(fields["text"]))

    def compose(keep: int) -> str:
        filled = texts.fill(parts, {**fields, "text": sms.clip(said, keep)})
        return sms.plain(" ".join(filled))

    def too_long(keep: int) -> bool:
        return sms.segments(compose(keep).replace(LINK, link)) > MOST_SEGMENTS

    if not too_long(len(said)):
        return compose(len(said))
    return compose(max(0, bisect_left(range(len(said)), True, key=too_long) - 1))


def _sentence(said: str) -> str:
    return said + "." if said and said[-1].isalnum() else said


def _dates(book: Book, event: Event, language: str, *, long: bool) -> dict[str, str]:
    case, data = event.case, event.data
    promised = {
        name: parse(data[name]) if data.get(name) else getattr(case, name)
        for name in ("answer_due", "due")
    }
    moments: dict[str, datetime | None] = {
        **promised,
        "missed": promised["answer_due" if _of_answer(data) else "due"],
        "reply_by": event.at + book.by_clock("waiting"),
        "close_on": event.at + book.by_clock("close"),
    }
    return {
        name: texts.date(at.astimezone(book.zone), language, long=long) if at else ""
        for name, at in moments.items()
    }


def _of_answer(data: Mapping[str, Any]) -> bool:
    """Whether an event of what is late is about the first answer."""
    return data.get("step") == 1 or data.get("promise") == "answer"


def _names(book: Book, event: Event, language: str) -> dict[str, str]:
    case, data = event.case, event.data
    body: Mapping[str, Any] = book.body(data.get("body", "")) or {}
    return {
        "what": _what(book, case, language),
        "department": _name(book.departments, data.get("department", case.department_id), language),
        "body": text(body.get("name", {}), language),
        "phone": str(body.get("phone", "")),
        "into": show(case.reference),
        "text": _text(book, data, language),
    }


def _what(book: Book, case: Case, language: str) -> str:
    """The service and the place, as far as they are known."""
    service = _name(book.services, case.service_id, language)
    place = _name(book.places, case.place_id, language)
    return ", ".join(filter(None, (service, place)))


def _name(entries: Mapping[int, Any], entry_id: int | None, language: str) -> str:
    entry = entries.get(entry_id) if entry_id is not None else None
    return text(entry.names, language) if entry else ""


def _text(book: Book, data: Mapping[str, Any], language: str) -> str:
    """The pack's words for the reason, then the officer's."""
    reason = book.reason(data.get("reason", "")) or {}
    said = (text(reason.get("text", {}), language), spoken(data, language).strip())
    return "\n\n".join(filter(None, said))
