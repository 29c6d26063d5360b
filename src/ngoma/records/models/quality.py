"""How well the reports of a city were read and answered, as measured once a day."""

from django.db import models

from ngoma.records.models.city import City


class Quality(models.Model):
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    day = models.DateField(help_text="of the city; it was measured as this day began")
    measured_at = models.DateTimeField()
    figures = models.JSONField(help_text="as `proposals.quality.Figures` has them")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "day"], name="quality_once_a_day")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.day}"
