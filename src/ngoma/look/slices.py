"""Slices of reports by their names, as the city's staff and its residents read them."""

from django.utils.translation import gettext

from ngoma.look.channels import CHANNELS
from ngoma.look.formats import autonym
from ngoma.look.speaking import Speaking
from ngoma.records.models import Channel


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
