"""Wrong PINs that were typed for a report."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.report import Report


class PinGuess(models.Model):
    """One row for each report that somebody guesses at. The PIN itself is kept nowhere."""

    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    report = models.OneToOneField(Report, models.CASCADE)
    wrong = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(help_text="when the last one was typed")

    class Meta:
        verbose_name_plural = "pin guesses"
        indexes = [models.Index(fields=["city", "at"], name="pin_guess_lately")]

    def __str__(self) -> str:
        return f"{self.wrong} wrong"
