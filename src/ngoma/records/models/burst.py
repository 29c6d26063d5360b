"""Many reports of one thing at once: found by a scan, kept until it is over."""

from django.db import models

from ngoma.records.models.city import City, Service


class Burst(models.Model):
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    service = models.ForeignKey(Service, models.CASCADE, db_index=False)
    lat = models.FloatField()
    lon = models.FloatField()
    radius_m = models.FloatField(null=True, help_text="none: all of the city")
    hours = models.FloatField(help_text="span in which the reports came")
    usual = models.FloatField(help_text="reports that usually come there in such a span")
    chance = models.FloatField(help_text="of so many where nothing is the matter")
    reports = models.PositiveIntegerField()
    cases = models.JSONField(help_text="ids of their cases, the newest first")
    words = models.TextField(help_text="of the report that says what most say; private")
    found_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="when it was still found")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["city", "service"],
                name="burst_open",
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reports} {self.service_id}"
