"""The public log: its entries, its tree, its checkpoints, and what we vouch for of others' logs.

Everything `/ledger/` publishes is made of these rows, byte for byte the same however often.
"""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.event import Event
from ngoma.records.models.report import Report

HASH = 32


class Entry(models.Model):
    """A leaf of the log: what was published of an event; a day's count where there is none."""

    index = models.BigIntegerField(primary_key=True, help_text="number of the leaf, from 0")
    event = models.OneToOneField(Event, models.PROTECT, null=True)
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, help_text="the one that the event brought"
    )
    content = models.BinaryField(help_text="the entry as it is in the log")
    leaf = models.BinaryField(max_length=HASH, help_text="its hash as a leaf")
    salts = models.JSONField(
        default=dict, help_text="by field, base64url; an erased field has none any more"
    )
    late = models.BooleanField(
        default=False, help_text="its time is not near those of the checkpoints around it"
    )

    class Meta:
        indexes = [
            models.Index(fields=["index"], name="entry_late", condition=models.Q(late=True)),
        ]

    def __str__(self) -> str:
        return str(self.index)


class Chain(models.Model):
    """A case in the log: what it is called there, and its last entry."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True)
    pseudonym = models.CharField(max_length=22, unique=True)
    leaf = models.BinaryField(max_length=HASH)
    count = models.PositiveIntegerField(help_text="entries of the case")

    def __str__(self) -> str:
        return self.pseudonym


class Subtree(models.Model):
    """A full tile of `level - 1`, and its hash as it stands in a tile of `level`, from 1."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=HASH)
    tile = models.BinaryField(
        help_text="its hashes, one after another: 256 rows would have to be read else"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="subtree_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A size of the log that was signed; the same size again where only time had passed."""

    size = models.BigIntegerField()
    late = models.BigIntegerField(
        default=0, db_default=0, help_text="entries recorded late, of all those it covers"
    )
    note = models.TextField(help_text="signed, with the cosignatures that came")
    witnesses = models.PositiveSmallIntegerField(default=0, help_text="have cosigned it")
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(
        null=True, help_text="when enough witnesses had cosigned it"
    )
    stamp = models.BinaryField(null=True, help_text="time stamp of RFC 3161")
    mailed_at = models.DateTimeField(null=True, help_text="when subscribers got it")
    thinned = models.BooleanField(default=False, help_text="it stays, and others around it went")

    class Meta:
        indexes = [
            models.Index(
                fields=["size", "id"],
                name="checkpoint_published",
                condition=models.Q(published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.size)


class LedgerKey(models.Model):
    """A key that signs checkpoints: the public part, for whoever checks."""

    vkey = models.CharField(max_length=300, unique=True)
    since = models.BigIntegerField(help_text="size of the log when it was first used")
    handover = models.TextField(blank=True, help_text="the key before says so; empty for the first")
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.vkey


class Day(models.Model):
    """A day's count: how many events each case had that something had happened to."""

    day = models.DateField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT)
    counts = models.BinaryField(help_text="lines of pseudonym and count, deflated")

    def __str__(self) -> str:
        return self.day.isoformat()


class Asked(models.Model):
    """What became of asking a witness for its cosignature."""

    name = models.CharField(max_length=200, primary_key=True)
    size = models.BigIntegerField(default=0, help_text="what it cosigned last, as far as we know")
    checkpoint = models.BigIntegerField(default=0, help_text="number of that checkpoint")
    answered_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="since it answered last")
    failed_at = models.DateTimeField(null=True, help_text="since when it gives none")
    failure = models.CharField(max_length=200, blank=True)
    ask_at = models.DateTimeField(null=True, help_text="not before then again")

    def __str__(self) -> str:
        return self.name


class Cosigned(models.Model):
    """The newest checkpoint of another's log that we, as its witness, cosigned."""

    origin = models.CharField(max_length=200, primary_key=True)
    note = models.TextField()

    def __str__(self) -> str:
        return self.origin
