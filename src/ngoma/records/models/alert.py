"""What a member of staff is told of a case, at the desk; and when a case reminds them next."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.event import Event
from ngoma.records.models.user import User


class Alert(models.Model):
    class Kind(models.TextChoices):
        REMINDED = "reminded", "a promise comes near, or was missed"
        MENTIONED = "mentioned", "in a note"
        ASSIGNED = "assigned"
        TASKED = "tasked", "a part of a case"
        VISITED = "visited", "a crew did not find it, or did not know what had changed"

    user = models.ForeignKey(User, models.CASCADE, db_index=False)
    case = models.ForeignKey(Case, models.CASCADE)
    event = models.ForeignKey(Event, models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="alert_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="alert_newest"),
            models.Index(
                fields=["user"], name="alert_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"


class NextReminder(models.Model):
    """When the next rung of its ladder is reached. Derived from the case's events."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"
