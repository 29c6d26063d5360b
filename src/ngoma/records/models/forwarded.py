"""A case handed on to another body's Open311 server, and what that server told of it since."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.notice import Notice


class Forwarded(models.Model):
    """One for each request that we made there. `status` and `notes` are what our reporters know."""

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="forwarded")
    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    body = models.CharField(max_length=64, help_text="the other body, by its code")
    token = models.CharField(max_length=200, blank=True, help_text="given there instead of an id")
    number = models.CharField(max_length=200, blank=True, help_text="service_request_id there")
    status = models.CharField(max_length=8, blank=True, help_text="open or closed there")
    notes = models.CharField(max_length=64, blank=True, help_text="hash of the notes told last")
    tellings = models.PositiveSmallIntegerField(default=0)
    moved_at = models.DateTimeField(help_text="when it was handed on, or something told last")
    ask_at = models.DateTimeField(null=True, help_text="when to ask again; nothing: never")
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "forwarded"
        indexes = [
            models.Index(
                fields=["ask_at", "city", "body"],
                name="forwarded_due",
                condition=models.Q(ask_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.number or self.token}"
