"""What somebody told by voice: kept as it came, and never published."""

from django.db import models

from ngoma.records.models.report import Report


class Recording(models.Model):
    report = models.ForeignKey(Report, models.PROTECT, related_name="recordings")
    path = models.CharField(max_length=80, help_text="in private storage")
    kind = models.CharField(max_length=24, help_text="media type")
    digest = models.CharField(max_length=64, help_text="SHA-256")
    added_at = models.DateTimeField()
    heard = models.TextField(
        default="", db_default="", help_text="what a machine understood; empty where none did"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "digest"], name="recording_once")]

    def __str__(self) -> str:
        return self.path
