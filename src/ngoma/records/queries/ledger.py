"""Going through the log's tables in order."""

from collections.abc import Iterator, Sequence, Set

from django.db.models import Count, Max, Q

from ngoma.records.models import Bookmark, Case, Chain, Entry, Event
from ngoma.records.sql.statements import fetch

_LEFT_OUT = """
SELECT (SELECT min(n."index") FROM records_entry n WHERE n.event_id > e.id), c.reference, e.seq
FROM records_event e JOIN records_case c ON c.id = e.case_id
LEFT JOIN records_entry n ON n.event_id = e.id
WHERE n.event_id IS NULL AND (e."transaction" < %s OR e."transaction" = %s AND e.id <= %s)
ORDER BY e.id LIMIT %s
"""
_OTHER_LENGTH = """
SELECT c.reference FROM records_case c
WHERE c.version <> coalesce((SELECT max(e.seq) FROM records_event e WHERE e.case_id = c.id), 0)
ORDER BY c.id LIMIT %s
"""


def length() -> int:
    """How many entries the log has."""
    last: int | None = Entry.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def entries(low: int, high: int, batch: int) -> Iterator[list[Entry]]:
    """The entries from `low` up to before `high`, each with its event, some at a time."""
    at = low
    while at < high:
        rows = Entry.objects.filter(index__gte=at, index__lt=high).select_related("event")
        found = list(rows.order_by("index")[:batch])
        if not found:
            return
        yield found
        at = found[-1].index + 1


def contents(low: int, high: int, batch: int) -> Iterator[list[tuple[int, bytes, bytes]]]:
    """Index, content and leaf of the entries from `low` up to before `high`, some at a time."""
    at = low
    while at < high:
        rows = Entry.objects.filter(index__gte=at, index__lt=high).order_by("index")
        found = list(rows.values_list("index", "content", "leaf")[:batch])
        if not found:
            return
        yield [(index, bytes(content), bytes(leaf)) for index, content, leaf in found]
        at = found[-1][0] + 1


def left_out(reader: str, limit: int) -> list[tuple[int | None, str, int]]:
    """Events that the reader went past without making an entry: the next entry, case and seq."""
    mark = Bookmark.objects.filter(reader=reader).first() or Bookmark()
    return list(fetch(_LEFT_OUT, [mark.transaction, mark.transaction, mark.event, limit]))


def waiting(reader: str) -> int:
    """How many events the reader has still before it."""
    mark = Bookmark.objects.filter(reader=reader).first() or Bookmark()
    later = Q(transaction=mark.transaction, pk__gt=mark.event)
    return Event.objects.filter(Q(transaction__gt=mark.transaction) | later).count()


def other_lengths(limit: int) -> list[str]:
    """References of cases whose row says another number of events than there are."""
    return [reference for (reference,) in fetch(_OTHER_LENGTH, [limit])]


def touched(after: int) -> list[tuple[str, int]]:
    """Pseudonym and count of the cases with an entry after one of this index, sorted."""
    cases = Entry.objects.filter(index__gt=after, event__isnull=False).values("event__case")
    return sorted(Chain.objects.filter(case__in=cases).values_list("pseudonym", "count"))


def totals() -> tuple[int, int]:
    """How many cases and events there are in all."""
    return Case.objects.count(), Event.objects.count()


def counts_before(index: int, pseudonyms: Sequence[str]) -> Set[tuple[str, int]]:
    """Pseudonym and number of entries before one of this index, of these cases."""
    entries = Entry.objects.filter(index__lt=index, event__case__chain__pseudonym__in=pseudonyms)
    by_case = entries.values_list("event__case__chain__pseudonym").annotate(count=Count("index"))
    return set(by_case.order_by())
