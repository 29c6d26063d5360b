"""What another body's program told about a request: kept so that the same is not taken twice."""

from django.db import models

from ngoma.records.models.report import Report
from ngoma.records.models.user import ApiKey


class Update(models.Model):
    """One Open311 service request update that came in, by the sender's own number of it."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE)
    number = models.CharField(max_length=128, help_text="update_id at the sender")
    report = models.ForeignKey(Report, models.PROTECT, related_name="updates")
    status = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="when it happened, as the sender says")
    seq = models.PositiveIntegerField(help_text="number of the case's last event after it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "number"], name="update_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.number}"
