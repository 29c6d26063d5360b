"""Followers are told of an event: in batches, each a job of its own, for a place may have many."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.notices import texts
from ngoma.notices.planning import channel_of
from ngoma.notices.writing import write_news
from ngoma.people.publicity import public_event
from ngoma.records.models import Event, Follow, Job, Notice, Report
from ngoma.work.queue import put, put_many

BATCH = 500

OF_CASE = frozenset(
    ("accepted", "started", "answered", "resolved", "rejected", "referred", "extended", "reopened")
)
OF_PLACE = frozenset(("opened", "resolved"))
"""Of a place only these: who follows one should not hear of every step of every case."""


def tell(event: int, case: int, after: int = 0) -> None:
    """Write the notices of the next followers, and a job for those after them. Job `notices.tell`.

    Nothing is told of a case that is not public. Again, it adds only what lacks.
    """
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    data = public_event(happened.kind, happened.data)
    if data is None or not happened.case.public:
        return
    book = book_of(happened.case.city_id)
    with transaction.atomic():
        followers = list(_followers(happened, book).filter(pk__gt=after)[:BATCH])
        known = set(Notice.objects.filter(event=event).values_list("contact__finder", flat=True))
        _write(
            happened, book, [each for each in _once(followers) if each.contact.finder not in known]
        )
        if len(followers) == BATCH:
            put("notices.tell", {"event": event, "case": case, "after": followers[-1].pk})


def _followers(event: Event, book: Book) -> QuerySet[Follow]:
    """Who follows the case, or a place that it lies in, and has not reported it."""
    about = Q(pk=None)
    if event.kind in OF_CASE:
        about |= Q(case=event.case_id)
    if event.kind in OF_PLACE:
        about |= Q(place__in=book.chain(event.case.place_id))
    reporters = Report.objects.filter(case=event.case_id, contact__isnull=False)
    found = Follow.objects.filter(about, city=book.id, confirmed_at__isnull=False)
    found = found.exclude(contact__finder__in=reporters.values("contact__finder"))
    return found.select_related("contact", "case", "place").order_by("pk")


def _once(followers: Iterable[Follow]) -> Iterable[Follow]:
    """One follow for each contact, of the case rather than of a place."""
    chosen: dict[int, Follow] = {}
    for each in followers:
        if each.contact_id not in chosen or each.case_id is not None:
            chosen[each.contact_id] = each
    return chosen.values()


def _write(event: Event, book: Book, followers: Iterable[Follow]) -> None:
    notices = [_notice(event, book, each) for each in followers]
    Notice.objects.bulk_create(notices)
    put_many(
        [Job(kind="notices.send", data={"notice": notice.pk}, run_at=now()) for notice in notices]
    )


def _notice(event: Event, book: Book, follow: Follow) -> Notice:
    language = texts.nearest(follow.language, *book.languages)
    channel = channel_of(follow.contact)
    written = write_news(event, channel=channel, language=language, book=book)
    return Notice(
        event=event,
        contact=follow.contact,
        follow=follow,
        kind="news",
        channel=channel,
        language=language,
        subject=written.subject,
        text=written.text,
        created_at=now(),
    )
