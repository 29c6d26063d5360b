"""What happened to a case: append-only, numbered within it, the truth all else derives from."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.sql.transactions import CurrentTransaction


class Event(models.Model):
    class Actor(models.TextChoices):
        RESIDENT = "resident"
        STAFF = "staff"
        SYSTEM = "system"
        BODY = "body", "another body"

    case = models.ForeignKey(Case, models.PROTECT, db_index=False, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField(help_text="when it happened")
    actor = models.CharField(max_length=8, choices=Actor.choices)
    user = models.ForeignKey("User", models.PROTECT, null=True)
    data = models.JSONField(default=dict)
    undone = models.BooleanField(
        default=False, db_default=False, help_text="a later event took it back"
    )
    transaction = models.BigIntegerField(
        db_default=CurrentTransaction(), help_text="lets readers wait for open transactions"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_once")]
        indexes = [models.Index(fields=["transaction", "id"], name="event_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}/{self.seq}"


class Bookmark(models.Model):
    """How far a reader of all events has come."""

    reader = models.CharField(max_length=32, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.reader
