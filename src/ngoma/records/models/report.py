"""What one resident said, as said: never edited, only redacted for the public."""

from django.db import models

from ngoma.records.models.city import City, Place, Service
from ngoma.records.models.contact import Contact


class Channel(models.TextChoices):
    WEB = "web"
    SMS = "sms"
    USSD = "ussd"
    CALL = "call"
    MAIL = "mail"
    MESSENGER = "messenger"
    OPEN311 = "open311"
    IMPORT = "import"


class Report(models.Model):
    """One submission (an Open311 service request)."""

    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    case = models.ForeignKey("Case", models.PROTECT, related_name="reports")
    reference = models.CharField(max_length=24, unique=True)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=8, blank=True)
    words = models.TextField(blank=True, help_text="as said; private")
    public_words = models.TextField(blank=True, help_text="redacted; empty where not published")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy = models.PositiveIntegerField(default=0, help_text="radius of uncertainty, metres")
    location = models.CharField(
        max_length=300, blank=True, help_text="address or landmark, as said; private"
    )
    public_location = models.CharField(
        max_length=300, blank=True, help_text="redacted; empty where not published"
    )
    place = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, db_index=False, help_text="what the reporter chose"
    )
    answers = models.JSONField(
        default=dict, help_text="answers to the service's questions, by code"
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True)
    secret = models.CharField(max_length=32, unique=True, help_text="opens the reporter's own page")
    origin = models.CharField(
        max_length=64, help_text="who sends: a channel, an API key, an import"
    )
    key = models.CharField(max_length=128, help_text="idempotency key or id at the origin")
    token = models.CharField(max_length=32, null=True, unique=True, help_text="Open311 batch token")
    demo = models.BooleanField(default=False, help_text="written or recorded for a demonstration")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "origin", "key"], name="report_once")
        ]
        indexes = [
            models.Index(fields=["city", "received_at", "id"], name="report_by_time"),
        ]

    def __str__(self) -> str:
        return self.reference
