"""Reading all events in order, each reader with its own bookmark."""

from collections.abc import Sequence

from django.db.models import Q

from ngoma.records.models import Bookmark, Case, Event
from ngoma.records.sql.transactions import after, settled

_NEXT = """
SELECT {columns} FROM records_event WHERE {after} AND "transaction" < %s
ORDER BY "transaction", id LIMIT %s
"""


def read_on(reader: str, limit: int = 500, *, whole: bool = True) -> list[Event]:
    """The events after the reader's bookmark, oldest first; each comes exactly once.

    Not `whole`: only where they stand, so that nothing can be wrong with what they say.

    Call it in the transaction that writes what the reader makes of them and then `advance`s: a
    second process with the same reader waits there for the first. On PostgreSQL a transaction that
    stays open holds the newest events back meanwhile.
    """
    mark, _ = Bookmark.objects.select_for_update().get_or_create(reader=reader)
    columns = "*" if whole else 'id, case_id, seq, "transaction"'
    sql = _NEXT.format(columns=columns, after=after())
    return list(Event.objects.raw(sql, [mark.transaction, mark.event, settled(), limit]))


def advance(reader: str, event: Event) -> None:
    """Move the reader's bookmark behind the event, the last that it has dealt with."""
    Bookmark.objects.update_or_create(
        reader=reader, defaults={"transaction": event.transaction, "event": event.pk}
    )


def behind(reader: str) -> bool:
    """Whether there is anything to read, without holding the bookmark."""
    mark = Bookmark.objects.filter(reader=reader).first() or Bookmark()
    later = Q(transaction=mark.transaction, pk__gt=mark.event)
    return Event.objects.filter(Q(transaction__gt=mark.transaction) | later).exists()


def come_to_rest(events: Sequence[Event]) -> list[Case]:
    """The cases whose last event is among these. All others come with a later event.

    Events of one case are ordered by its row's lock: who sees the last one sees all before it.
    """
    last = {event.case_id: event.seq for event in sorted(events, key=lambda each: each.seq)}
    return [case for case in Case.objects.filter(pk__in=last) if case.version <= last[case.pk]]
