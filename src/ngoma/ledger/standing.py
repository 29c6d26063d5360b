"""How the log stands, for its public page: growth, witnesses, late entries, time stamps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min
from django.db.models.functions import TruncDate

from ngoma.base.clock import now
from ngoma.ledger import publishing
from ngoma.records.models import Asked, Checkpoint, Entry


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of the policy: when it last cosigned, and since when it does not."""

    name: str
    answered_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Late:
    """An entry whose time is not near that of its sealing."""

    index: int
    kind: str
    said: datetime
    sealed: datetime | None


def witnesses() -> list[Witness]:
    """The witnesses of the policy, in its order."""
    policy = publishing.policy()
    asked = {row.name: row for row in Asked.objects.all()}
    return [
        Witness(each.name, row.answered_at if row else None, row.failed_at if row else None)
        for each in (policy.witnesses if policy else ())
        for row in [asked.get(each.name)]
    ]


def growth(days: int) -> list[tuple[date, int]]:
    """Size of the log at the end of each of the last days (UTC) on which it was signed."""
    rows = Checkpoint.objects.filter(made_at__gt=now() - timedelta(days=days))
    sizes = rows.annotate(day=TruncDate("made_at")).values("day").annotate(size=Max("size"))
    return list(sizes.order_by("day").values_list("day", "size"))


def count_late() -> int:
    """How many entries were recorded late."""
    newest = Checkpoint.objects.order_by("pk").last()
    return newest.late if newest else 0


def late(most: int) -> list[Late]:
    """The newest entries that were recorded late."""
    found = Entry.objects.filter(late=True, event__isnull=False).select_related("event")
    return [
        Late(row.index, row.event.kind, row.event.at, _sealed(row.index))
        for row in found.order_by("-index")[:most]
        if row.event
    ]


def last_stamp() -> Checkpoint | None:
    """The newest checkpoint with a time stamp."""
    return Checkpoint.objects.filter(stamp__isnull=False).order_by("size", "pk").last()


def _sealed(index: int) -> datetime | None:
    """When the first checkpoint that has the entry was signed."""
    found: datetime | None = Checkpoint.objects.filter(size__gt=index).aggregate(at=Min("made_at"))[
        "at"
    ]
    return found
