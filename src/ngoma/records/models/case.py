"""The city's one piece of work on one problem. The row is the fold of its events.

Foreign keys that lead an index below, or that no query starts from, have no index of their own.
"""

from django.db import models
from django.db.models import Q

from ngoma.records.models.city import City, Department, Place, Service


class State(models.TextChoices):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REFERRED = "referred"
    REJECTED = "rejected"
    MERGED = "merged"


ACTIVE = (State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS)
"""Somebody in the city has to do something: the clock runs."""
OPEN = (*ACTIVE, State.WAITING)
DONE = tuple(state for state in State if state not in OPEN)


class Urgency(models.IntegerChoices):
    NO = 0
    SOON = 1
    NOW = 2


class Case(models.Model):
    """Everything here is written by `casework.fold` from the case's events, and by nothing else."""

    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    reference = models.CharField(max_length=24, unique=True, help_text="of its first report")
    state = models.CharField(max_length=12, choices=State.choices)
    public = models.BooleanField(default=True)
    service = models.ForeignKey(Service, models.PROTECT, null=True, db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, null=True, db_index=False)
    assignee = models.ForeignKey("User", models.PROTECT, null=True)
    urgency = models.SmallIntegerField(choices=Urgency.choices, default=Urgency.NO)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    quad = models.BigIntegerField(null=True, help_text="Morton key at zoom 24")
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    answer_due = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True, help_text="when the problem shall be resolved")
    paused_at = models.DateTimeField(null=True, help_text="the clock stands since then")
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reports_count = models.PositiveIntegerField(default=1)
    transfers = models.PositiveSmallIntegerField(default=0)
    reopenings = models.PositiveSmallIntegerField(default=0)
    extended = models.BooleanField(default=False)
    escalation = models.PositiveSmallIntegerField(default=0, help_text="steps taken when late")
    tasks_open = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="parts that other departments still do"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    rating = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(help_text="number of its last event")

    class Meta:
        indexes = [
            # All that nearness asks is in the index itself. Plain columns: SQLite knows no INCLUDE.
            models.Index(
                fields=["quad", "lat", "lon", "city", "state", "resolved_at", "id"],
                name="case_done_nearby",
            ),
            models.Index(
                fields=["quad", "lat", "lon", "city", "id"],
                name="case_open_nearby",
                condition=Q(state__in=OPEN),
            ),
            models.Index(fields=["city", "-updated_at", "-id"], name="case_by_change"),
            models.Index(fields=["city", "-opened_at", "-id"], name="case_by_opening"),
            models.Index(
                fields=["city", "state", "-urgency", "answer_due", "id"], name="case_queue"
            ),
            models.Index(fields=["city", "state", "due", "id"], name="case_by_promise"),
            models.Index(fields=["city", "department", "state", "due", "id"], name="case_by_due"),
            models.Index(fields=["city", "place", "-opened_at", "-id"], name="case_by_place"),
            models.Index(fields=["city", "service", "-opened_at", "-id"], name="case_by_service"),
            models.Index(
                fields=["city", "assignee", "state", "due"],
                name="case_at_work",
                condition=Q(assignee__isnull=False, state__in=OPEN),
            ),
            # What the clock looks for: `queries.lateness` says the same conditions.
            models.Index(
                fields=["answer_due", "id"],
                name="case_unanswered",
                condition=Q(answered_at__isnull=True, escalation__lt=1, state__in=ACTIVE),
            ),
            models.Index(
                fields=["due", "id"],
                name="case_unsolved",
                condition=Q(escalation__lt=2, state__in=ACTIVE),
            ),
            models.Index(
                fields=["city", "resolved_at", "id"],
                name="case_resolved",
                condition=Q(state=State.RESOLVED),
            ),
            models.Index(
                fields=["city", "paused_at", "id"],
                name="case_waiting",
                condition=Q(state=State.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
