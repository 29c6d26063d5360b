"""Followers are told of an event: in batches, each a job of its own, for a place may have many.

A case that was merged is followed in the one it became part of; if the two are taken apart again,
so are their followers.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.notices import texts
from ngoma.notices.planning import channel_of
from ngoma.notices.writing import Written, write_news
from ngoma.people.publicity import public_event
from ngoma.records.models import Event, Follow, Job, Notice, Report
from ngoma.records.queries.followers import follows
from ngoma.records.sql.statements import fetch, marks
from ngoma.work.queue import put, put_many

BATCH = 200
PAUSE = timedelta(seconds=30)
"""Between two batches: what is urgent, such as a code, never waits behind thousands of notices."""

PLACE_DAILY = 5
"""Notices about a place that one follower gets in a day: whoever hands in forms without end must
not reach everybody who lives there as often."""

OF_CASE = frozenset(
    ("accepted", "started", "answered", "resolved", "rejected", "referred", "extended", "reopened")
)
OF_PLACE = frozenset(("opened", "resolved"))
"""Of a place only these: who follows one should not hear of every step of every case."""

_ANYBODY = """
SELECT 1 FROM records_follow
WHERE city_id = %s AND confirmed_at IS NOT NULL AND ({cases} OR place_id IN ({places})) LIMIT 1
"""


def anybody(event: Event) -> bool:
    """Whether somebody may follow what the event is about, as it happens."""
    book = book_of(event.case.city_id)
    places = book.chain(event.case.place_id) if event.kind in OF_PLACE else ()
    cases = "case_id IS NOT NULL" if event.kind in OF_CASE else "FALSE"
    found = fetch(_ANYBODY.format(cases=cases, places=marks(places)), [book.id, *places])
    return bool(found)


def tell(event: int, case: int, after: int = 0) -> None:
    """Write the notices of the next followers, and a job for those after them. Job `notices.tell`.

    Nothing is told of a case that is not public. Again, it adds only what lacks.
    """
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    data = public_event(happened.kind, happened.data)
    if data is None or not happened.case.public:
        return
    book = book_of(happened.case.city_id)
    with transaction.atomic(savepoint=False):
        followers = _followers(happened, book, after)
        if not followers:
            return
        _write(happened, book, _willing(_once(_unaware(happened, followers))))
        if len(followers) == BATCH:
            rest = {"event": event, "case": case, "after": followers[-1].contact_id}
            put("notices.tell", rest, run_at=now() + PAUSE)


def _followers(event: Event, book: Book, after: int) -> list[Follow]:
    """Who follows the case, or a place that it lies in: a batch, from this contact on.

    First what tells a contact the most: that it follows the case itself.
    """
    places = book.chain(event.case.place_id) if event.kind in OF_PLACE else ()
    of_case = event.kind in OF_CASE
    ids = follows(event.case_id, places, of_case=of_case, after=after, limit=BATCH)
    known = Follow.objects.select_related("contact", "case", "place").in_bulk(ids) if ids else {}
    return [known[each] for each in ids]


def _unaware(event: Event, followers: Iterable[Follow]) -> list[Follow]:
    """Without those who reported the case or have heard of the event."""
    addresses = {each.contact.finder for each in followers}
    reports = Report.objects.filter(case=event.case_id, contact__finder__in=addresses)
    reporters = set(reports.values_list("contact__finder", flat=True))
    contacts = {each.contact_id for each in followers}
    told = Notice.objects.filter(event=event, contact__in=contacts)
    aware = set(told.values_list("contact", flat=True))
    return [
        each
        for each in followers
        if each.contact.finder not in reporters and each.contact_id not in aware
    ]


def _once(followers: Iterable[Follow]) -> list[Follow]:
    """The first follow of each contact."""
    first: dict[int, Follow] = {}
    for each in followers:
        first.setdefault(each.contact_id, each)
    return list(first.values())


def _willing(followers: list[Follow]) -> list[Follow]:
    """Without those who were told enough of their place today."""
    places = [each.pk for each in followers if each.place_id is not None]
    if not places:
        return followers
    today = Notice.objects.filter(follow__in=places, created_at__gt=now() - timedelta(days=1))
    counted = today.values("follow").annotate(told=Count("id")).filter(told__gte=PLACE_DAILY)
    weary = set(counted.values_list("follow", flat=True))
    return [each for each in followers if each.pk not in weary]


def _write(event: Event, book: Book, followers: Iterable[Follow]) -> None:
    written: dict[tuple[str, str, str], Written] = {}
    notices = [_notice(event, book, each, written) for each in followers]
    Notice.objects.bulk_create(notices)
    put_many(
        [Job(kind="notices.send", data={"notice": notice.pk}, run_at=now()) for notice in notices]
    )


def _notice(
    event: Event, book: Book, follow: Follow, written: dict[tuple[str, str, str], Written]
) -> Notice:
    """The notice to one follower. What reads the same for many is written once."""
    language = texts.nearest(follow.language, *book.languages)
    channel = channel_of(follow.contact)
    reference = (follow.case or event.case).reference
    same = (reference, channel, language)
    if same not in written:
        written[same] = write_news(
            event, reference=reference, channel=channel, language=language, book=book
        )
    return Notice(
        event=event,
        contact=follow.contact,
        follow=follow,
        kind="news",
        channel=channel,
        language=language,
        subject=written[same].subject,
        text=written[same].text,
        created_at=now(),
    )
