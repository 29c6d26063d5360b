"""What is told of a city in the morning of a working day, to those who want it."""

from django.db import models

from ngoma.records.models.city import City


class Digest(models.Model):
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    day = models.DateField(help_text="of the city; in its morning it was made")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="as `records.queries.digests.Figures` has them")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.day}"
