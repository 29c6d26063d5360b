"""Slices of reports by their names, as the city's staff and its residents read them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from ngoma.base.days import written
from ngoma.base.months import first_day, read
from ngoma.look.channels import CHANNELS
from ngoma.look.formats import autonym
from ngoma.look.speaking import Speaking
from ngoma.records.models import Channel


def called(speaker: Speaking, by: str, code: str) -> str:
    """The name of a service, district, department, channel, language or month by its code, as the
    figures of the city's work have it."""
    book = speaker.book
    entries: dict[str, Mapping[str, Any]] = {
        "service": book.service_by_code,
        "district": book.place_by_code,
        "department": book.department_by_code,
    }
    if by in entries:
        entry = entries[by].get(code)
        return speaker.text(entry.names) if entry else gettext("not known")
    if by == "month":
        return written(first_day(read(code)), "yMMM", speaker.language)
    return name(speaker, by, code) if code else gettext("not known")


def name(speaker: Speaking, by: str, key: str) -> str:
    """The name of a language, channel, place or service, by its key in the figures of a day."""
    found = ""
    if by == "language" and key != "und":
        found = autonym(key)
    elif by == "channel" and key in Channel.values:
        found = str(CHANNELS[Channel(key)])
    elif by in ("service", "proposal") and key:
        found = speaker.service(int(key))
    elif by == "place" and key and int(key) in speaker.book.places:
        found = speaker.text(speaker.book.places[int(key)].names)
    return found or gettext("not known")
