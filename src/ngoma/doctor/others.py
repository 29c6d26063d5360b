"""Servers of others that we ask: the mailbox, and bodies to which cases were handed on."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Max

from ngoma.channels.mail import mailbox as boxes
from ngoma.cities.book import UnknownCity, book
from ngoma.doctor.finding import Finding, ill, note, well
from ngoma.records.models import Forwarded

SEVERAL = 3
"""Times in a row that something may fail without anybody's need to know."""


def mailbox() -> Iterator[Finding]:
    """Whether mail can be fetched, and whether some of it waits for a person."""
    if not settings.NGOMA_IMAP_URL:
        return
    try:
        book(settings.NGOMA_IMAP_CITY)
        with boxes.opened(settings.NGOMA_IMAP_URL) as box:
            flagged = len(box.flagged())
    except UnknownCity:
        do = "set it to the short name of a city; see: ngoma city"
        yield ill("mailbox", "NGOMA_IMAP_CITY names no city", do)
    except boxes.Unopened as error:
        yield ill(
            "mailbox", f"cannot be opened: {error}", "are NGOMA_IMAP_URL and its server right?"
        )
    else:
        if flagged:
            do = "look at it with a mail program; without its flag it is tried again"
            yield note("mailbox", f"{flagged} flagged that could not be taken", do)
        else:
            yield well("mailbox", "mail can be fetched")


def bodies() -> Iterator[Finding]:
    """Whether other bodies tell how the cases stand that were handed on to them."""
    followed = Forwarded.objects.filter(ask_at__isnull=False)
    failing = followed.filter(failures__gte=SEVERAL).order_by("body").values("body")
    for each in failing.annotate(count=Count("pk"), error=Max("error")):
        says = f"{each['body']} tells nothing of {each['count']}: {each['error']}"
        yield note("other bodies", says, "ask them; all of it is at /admin/records/forwarded/")
    if followed.exists() and not failing.exists():
        yield well("other bodies", "tell how the cases stand that were handed on")
