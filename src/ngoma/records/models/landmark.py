"""Where words of reporters lead that no map knows, as people at the desk have set them right."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import City


class Landmark(models.Model):
    """`words` are those of a report's place, folded; nobody but the desk sees them."""

    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    words = models.CharField(max_length=120)
    lat = models.FloatField()
    lon = models.FloatField()
    told = models.PositiveIntegerField(help_text="how many cases were set right to about here")
    case = models.ForeignKey(Case, models.PROTECT, help_text="the last of them")
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "words"], name="landmark_once")]

    def __str__(self) -> str:
        return self.words
