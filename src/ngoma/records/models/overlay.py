"""What a city lays over its reports, day by day: rain, a market, a strike."""

from django.db import models

from ngoma.records.models.city import City


class OverlayDay(models.Model):
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    code = models.CharField(max_length=32, help_text="of an overlay of the pack")
    day = models.DateField(help_text="of the city")
    value = models.FloatField(null=True)
    text = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "code", "day"], name="overlay_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"
