"""The words of every notice: one file a language, `texts/<language>.toml`.

A kind of notice has an `sms`, a `subject` and a `mail`. `sms` is a list of sentences and `mail` one
of paragraphs; whichever names a field that is empty is left out. `[mail] end` closes every mail
that has no `end` of its own,
`[alerts]` holds what the mail to a colleague tells, by its cause,
`[morning]` holds the lines of a digest, each with fields of its own,
`[told]` holds what `[news]` tells followers, by kind of event,
`[proof]` holds what goes with the first message once the report is in the ledger,
`[form]` holds the CLDR patterns of a date in a text message and in a mail, `[stop]` the page on
which messages are stopped. The fields:

| field | is |
|---|---|
| reference, city, what | the report's number; the city; service and place, as far as known |
| link | the reporter's own page |
| answer_due, due, missed | the promised dates of first answer and solution; the one just missed |
| reply_by, close_on | until when a question can be answered; when a solved case closes |
| department, body, phone | who is responsible; the other body and its telephone |
| into | the number of the case, which another report may have given it |
| pin | of a private report: the digits with which it is asked how it goes |
| code, minutes | a one-time code, and how long it is good |
| proof | the short form of the report's entry in the ledger |
| stop | where a follower stops the messages |
| news | what `[told]` says of the event |
| who, words, where | a colleague; what the reporters said and where, as it is published |
| days, words, bursts, loads | of a digest: lines of `[morning]` on what came, rises and is late |
| text | what the officer wrote, after the pack's words for the reason; alone may be shortened |

Another language is another file with the same keys.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

_FILES = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of notice in one language; the parts still hold their fields in braces."""

    sms: tuple[str, ...]
    subject: str
    mail: tuple[str, ...]


@cache
def languages() -> frozenset[str]:
    """The languages in which notices are written."""
    return frozenset(path.stem for path in _FILES.glob("*.toml"))


@cache
def words(kind: str, language: str) -> Words:
    """The words of one kind of notice. Raises LookupError for an unknown kind or language."""
    file = _read(language)
    entry = file[kind]
    end = entry.get("end", file["mail"]["end"])
    return Words(tuple(entry["sms"]), entry["subject"], (*entry["mail"], *end))


@cache
def kinds(language: str) -> frozenset[str]:
    """The kinds of notice a language has words for."""
    return frozenset(_read(language)) - {
        "form",
        "mail",
        "proof",
        "stop",
        "told",
        "alerts",
        "morning",
    }


def news(kind: str, language: str) -> tuple[str, ...]:
    """What followers are told of a kind of event, in sentences. Raises LookupError."""
    return tuple(_read(language)["told"][kind])


def alert(name: str, language: str) -> tuple[str, ...]:
    """What a colleague is told that cannot wait: `late` or `mentioned`."""
    return tuple(_read(language)["alerts"][name])


def morning(name: str, language: str) -> str:
    """A line of a digest: `day`, `word`, `burst`, `load` and their like. Raises LookupError."""
    line: str = _read(language)["morning"][name]
    return line


def stop_page(language: str) -> Mapping[str, str]:
    """`ask`, `button` and `done` of the page on which messages are stopped; for a follower
    `ask_follower` and `done_follower`."""
    page: Mapping[str, str] = _read(language)["stop"]
    return page


def proof(code: str, language: str, *, long: bool) -> str:
    """The line that gives an entry's short form, `long` for a mail."""
    line: str = _read(language)["proof"]["mail" if long else "sms"]
    return line.format(proof=code)


def nearest(*wanted: str) -> str:
    """The first of the wanted languages that has a file; English where none has."""
    return next((language for language in wanted if language in languages()), "en")


def date(at: datetime, language: str, *, long: bool) -> str:
    """A local time as the language writes it, `long` for a mail."""
    pattern = _read(language)["form"]["long_date" if long else "date"]
    return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=_locale(language))


def fill(parts: tuple[str, ...], fields: Mapping[str, str]) -> list[str]:
    """The parts with their fields put in, without those of which a field is empty."""
    return [part.format_map(fields) for part in parts if all(map(fields.get, named(part)))]


def named(part: str) -> list[str]:
    """The fields a part names."""
    return [name for _, name, _, _ in string.Formatter().parse(part) if name]


@cache
def _read(language: str) -> dict[str, Any]:
    path = _FILES / f"{language}.toml"
    if language not in languages():
        raise LookupError(f"no notices in language {language!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _locale(language: str) -> Locale:
    """CLDR's names of days and months; English ones where CLDR does not know the language."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
