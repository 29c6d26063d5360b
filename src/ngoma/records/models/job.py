"""Work to be done after a transaction: put in it, claimed in batches, run, retried, parked."""

from django.db import models


class Job(models.Model):
    kind = models.CharField(max_length=48)
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True, help_text="at most one such job")
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True, help_text="given up: a person must look")
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_at", "id"],
                name="job_waiting",
                condition=models.Q(parked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.kind
