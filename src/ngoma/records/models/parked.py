"""What a reader of events could not take, so that it went on without it: a person must look."""

from django.db import models

from ngoma.records.models.case import Case


class Parked(models.Model):
    reader = models.CharField(max_length=32)
    case = models.ForeignKey(Case, models.CASCADE)
    event = models.BigIntegerField(null=True, help_text="the last that was read of the case")
    parked_at = models.DateTimeField(help_text="when it failed first")
    tried_at = models.DateTimeField(help_text="when it failed last")
    tries = models.PositiveIntegerField(default=1, db_default=1)
    error = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "case"], name="parked_once")]
        indexes = [models.Index(fields=["tried_at", "id"], name="parked_longest")]
        verbose_name_plural = "parked"

    def __str__(self) -> str:
        return f"{self.reader} {self.case_id}"
