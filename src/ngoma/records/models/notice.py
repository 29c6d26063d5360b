"""One message to one contact: about one event, with a one-time code, or how a city stands."""

from django.db import models

from ngoma.records.models.code import Code
from ngoma.records.models.contact import Contact
from ngoma.records.models.digest import Digest
from ngoma.records.models.event import Event
from ngoma.records.models.follow import Follow
from ngoma.records.models.report import Report


class Notice(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        UNSURE = "unsure", "perhaps sent: a person decides"
        HELD = "held", "held back after a restore: a person decides"

    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="notices")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="notices")
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, related_name="notices", help_text="of its reporter"
    )
    follow = models.ForeignKey(
        Follow, models.SET_NULL, null=True, related_name="notices", help_text="of who follows"
    )
    user = models.ForeignKey(
        "User", models.CASCADE, null=True, related_name="notices", help_text="a colleague"
    )
    body = models.CharField(max_length=64, blank=True, help_text="another body, by its code")
    code = models.ForeignKey(Code, models.SET_NULL, null=True, related_name="notices")
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=24, help_text="which text")
    channel = models.CharField(max_length=8, help_text="email, sms or push")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    choices = models.JSONField(null=True, help_text="what can be answered, where there are buttons")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=32, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "report"], name="notice_once"),
            models.UniqueConstraint(fields=["event", "follow"], name="notice_once_followed"),
            models.UniqueConstraint(fields=["event", "user"], name="notice_once_colleague"),
            models.UniqueConstraint(
                fields=["event", "body"],
                name="notice_once_body",
                condition=~models.Q(body=""),
            ),
            models.UniqueConstraint(fields=["code"], name="notice_once_code"),
            models.UniqueConstraint(fields=["digest", "user"], name="notice_once_digest"),
        ]
        indexes = [
            models.Index(fields=["provider_id"], name="notice_by_provider"),
            # What the metrics ask: `queries.watch` says the same conditions.
            models.Index(
                fields=["sent_at", "channel", "created_at"],
                name="notice_sent",
                condition=models.Q(sent_at__isnull=False),
            ),
            models.Index(
                fields=["state", "channel", "created_at"],
                name="notice_not_sent",
                condition=models.Q(state__in=("queued", "sending", "failed", "unsure")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
