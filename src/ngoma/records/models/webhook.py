"""A program that is told of public events of cases, and what it was told."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import City
from ngoma.records.models.event import Event


class Webhook(models.Model):
    """Where a program takes events of a city. Its secrets are sealed under the vault's key."""

    city = models.ForeignKey(City, models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=1000)
    kinds = models.JSONField(help_text="kinds of event that it is told of")
    secret = models.BinaryField(help_text="encrypted")
    former = models.BinaryField(null=True, help_text="the secret before, encrypted")
    former_until = models.DateTimeField(null=True, help_text="signs too until then")
    created_at = models.DateTimeField()
    rests_until = models.DateTimeField(null=True, help_text="it failed, and is left alone so long")
    ended_at = models.DateTimeField(null=True, help_text="it said that it takes no more")

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Delivery(models.Model):
    """One event for one program. What is posted is made when it is."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped", "not public any more, or taken back"
        PARKED = "parked", "given up: a person must look"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    case = models.ForeignKey(Case, models.PROTECT, db_index=False)
    event = models.ForeignKey(Event, models.PROTECT)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    since = models.DateTimeField(help_text="when it was put, or put again by a person")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["webhook", "case", "event"],
                name="delivery_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.event_id}"
