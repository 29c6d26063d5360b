"""How backups went, and whether this database is one that was brought back."""

from ngoma.records.models import Backup, Restoration


def last(kind: Backup.Kind) -> Backup | None:
    """The newest that has ended, well or not."""
    return Backup.objects.filter(kind=kind, ended_at__isnull=False).order_by("began_at").last()


def last_good(kind: Backup.Kind) -> Backup | None:
    """The newest that went well."""
    good = Backup.objects.filter(kind=kind, ended_at__isnull=False, failure="")
    return good.order_by("began_at").last()


def restoration() -> Restoration | None:
    """The restore that nobody has released yet; None in any other installation."""
    return Restoration.objects.filter(released_at=None).order_by("pk").last()
