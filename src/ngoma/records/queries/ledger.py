"""Going through the log's tables in order."""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q

from ngoma.records.models import Bookmark, Case, Chain, Entry, Event
from ngoma.records.sql.loading import load
from ngoma.records.sql.moments import known_moment
from ngoma.records.sql.statements import decoded, fetch, marks


class Happened(NamedTuple):
    """An event of the log."""

    id: int
    case_id: int
    seq: int
    kind: str
    at: datetime
    actor: str
    user_id: int | None
    data: dict[str, Any]


class Sealed(NamedTuple):
    """An entry and its event; none where it counts a day, or the event is gone."""

    number: int
    content: bytes
    leaf: bytes
    salts: dict[str, str | None]
    late: bool
    event: Happened | None


class Told(NamedTuple):
    """A report, as far as its entry needs it."""

    id: int
    reference: str
    channel: str
    language: str
    received_at: datetime
    service_id: int | None
    accuracy: int
    words: str
    location: str
    answers: dict[str, Any]


class Shown(NamedTuple):
    """A photo of a report."""

    report_id: int
    digest: str
    added_at: datetime


_ENTRIES = """
SELECT n."index", n.content, n.leaf, n.salts, n.late,
    e.id, e.case_id, e.seq, e.kind, e.at, e.actor, e.user_id, e.data
FROM records_entry n LEFT JOIN records_event e ON e.id = n.event_id
WHERE n."index" >= %s AND n."index" < %s ORDER BY n."index" LIMIT %s
"""
_CONTENTS = """
SELECT "index", content, leaf FROM records_entry
WHERE "index" >= %s AND "index" < %s ORDER BY "index" LIMIT %s
"""
_LEAVES = """
SELECT leaf FROM records_entry WHERE "index" >= %s AND "index" < %s ORDER BY "index"
"""
_SUBTREES = """
SELECT hash FROM records_subtree
WHERE level = %s AND "index" >= %s AND "index" < %s ORDER BY "index"
"""
_TILE = """
SELECT tile FROM records_subtree WHERE level = %s AND "index" = %s
"""
_TOLD = """
SELECT id, reference, channel, language, received_at, service_id, accuracy, words, location, answers
FROM records_report WHERE reference IN ({})
"""
_PHOTOS = """
SELECT report_id, digest, added_at FROM records_photo WHERE report_id IN ({})
"""
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


def entries(low: int, high: int, batch: int) -> Iterator[list[Sealed]]:
    """The entries from `low` up to before `high`, each with its event, some at a time."""
    at = low
    while at < high:
        found = [_sealed(*row) for row in fetch(_ENTRIES, [at, high, batch])]
        if not found:
            return
        yield found
        at = found[-1].number + 1


def contents(low: int, high: int, batch: int) -> Iterator[list[tuple[int, bytes, bytes]]]:
    """Index, content and leaf of the entries from `low` up to before `high`, some at a time."""
    at = low
    while at < high:
        found = fetch(_CONTENTS, [at, high, batch])
        if not found:
            return
        yield [(index, bytes(content), bytes(leaf)) for index, content, leaf in found]
        at = found[-1][0] + 1


def hashes(level: int, low: int, high: int) -> list[bytes]:
    """The hashes of complete subtrees of a level of tiles, from `low` up to before `high`."""
    found = fetch(_SUBTREES, [level, low, high]) if level else fetch(_LEAVES, [low, high])
    return [bytes(each) for (each,) in found]


def full_tile(level: int, index: int) -> bytes | None:
    """The hashes of a full tile, one after another; None while it is not full."""
    found = fetch(_TILE, [level + 1, index])
    return bytes(found[0][0]) if found else None


def owners(cases: Collection[int]) -> dict[int, tuple[int, str]]:
    """City and reference of cases."""
    sql = f"SELECT id, city_id, reference FROM records_case WHERE id IN ({marks(cases)})"  # noqa: S608
    return {case: (city, reference) for case, city, reference in fetch(sql, cases)}


def reports(references: Collection[str]) -> dict[str, Told]:
    """What was told in the reports with these references."""
    found = (_told(*row) for row in fetch(_TOLD.format(marks(references)), references))
    return {each.reference: each for each in found}


def photos(reports: Collection[int]) -> list[Shown]:
    """The photos of reports."""
    return [
        Shown(report, digest, known_moment(added))
        for report, digest, added in fetch(_PHOTOS.format(marks(reports)), reports)
    ]


def pseudonyms(cases: Collection[int]) -> dict[int, str]:
    """What cases are called in the log."""
    sql = f"SELECT case_id, pseudonym FROM records_chain WHERE case_id IN ({marks(cases)})"  # noqa: S608
    return dict(fetch(sql, cases))


def chains() -> list[tuple[int, int, bytes]]:
    """Of all cases the number, how many entries they have, and the leaf of the last."""
    found = fetch("SELECT case_id, count, leaf FROM records_chain")
    return [(case, count, bytes(leaf)) for case, count, leaf in found]


def add_entries(found: Iterable[tuple[Any, ...]]) -> None:
    """Write entries: index, event, report, content, leaf, salts as JSON, late."""
    columns = ("index", "event_id", "report_id", "content", "leaf", "salts", "late")
    load("records_entry", columns, found)


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


def _sealed(
    index: int, content: Any, leaf: Any, salts: Any, late: Any, event_id: int | None, *event: Any
) -> Sealed:
    happened = None if event_id is None else _happened(event_id, *event)
    return Sealed(index, bytes(content), bytes(leaf), decoded(salts), bool(late), happened)


def _happened(
    event_id: int,
    case_id: int,
    seq: int,
    kind: str,
    at: Any,
    actor: str,
    user: int | None,
    data: Any,
) -> Happened:
    return Happened(event_id, case_id, seq, kind, known_moment(at), actor, user, decoded(data))


def _told(*columns: Any) -> Told:
    told = Told(*columns)
    return told._replace(received_at=known_moment(told.received_at), answers=decoded(told.answers))
