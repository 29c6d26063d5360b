"""The outbox: in a demonstration or in development, what was or would have been sent."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ngoma.cities.book import book_of
from ngoma.notices.sending import outgoing
from ngoma.records.models import Contact, Notice

NEWEST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it is shown, its time in the city's zone."""

    at: datetime
    language: str
    state: str
    subject: str
    start: str
    link: str
    end: str
    error: str


@dataclass(slots=True)
class Thread:
    """What one contact was told, newest first."""

    contact: Contact
    to: str
    city: str
    lines: list[Line] = field(default_factory=list)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest notices by contact; not found where the installation is a real one."""
    if not (settings.NGOMA_DEMO or settings.DEBUG):
        raise Http404
    newest = (
        Notice.objects.filter(contact__isnull=False)
        .select_related("contact", "report", "code", "follow__case", "follow__place")
        .order_by("-id")[:NEWEST]
    )
    threads: dict[int, Thread] = {}
    for notice in newest:
        _add(threads, notice)
    page = {"language": "en", "threads": list(threads.values()), "newest": NEWEST}
    answer = render(request, "channels/outbox.html.jinja", page)
    answer["Cache-Control"] = "no-store"
    return answer


def _add(threads: dict[int, Thread], notice: Notice) -> None:
    contact = notice.contact
    assert contact is not None
    message = outgoing(notice)
    book = book_of(contact.city_id)
    # A code leads nowhere: all of it is text.
    start, link, end = message.text.partition(message.link or "\0")
    line = Line(
        at=(notice.sent_at or notice.created_at).astimezone(book.zone),
        language=notice.language,
        state=Notice.State(notice.state).label,
        subject=message.subject,
        start=start,
        link=link,
        end=end,
        error=notice.error,
    )
    to = "web push" if contact.kind == Contact.Kind.PUSH else message.to
    thread = threads.setdefault(contact.pk, Thread(contact, to, book.slug))
    thread.lines.append(line)
