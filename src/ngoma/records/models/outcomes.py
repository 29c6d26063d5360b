"""How well a city's work worked, as reckoned in its last night."""

from django.db import models

from ngoma.records.models.city import City


class Outcomes(models.Model):
    """The figures of a city, and those of each department with all below it."""

    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    department = models.IntegerField(help_text="its id; 0: the whole city")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="as `insight.figures.Figures` has them")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "department"], name="outcomes_once")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.department}"


class OutcomesSpan(models.Model):
    """The same of fewer months, for staff."""

    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    department = models.IntegerField(help_text="its id; 0: the whole city")
    months = models.PositiveSmallIntegerField(help_text="the present one with them")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="as `insight.figures.Figures` has them")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "department", "months"], name="outcomes_span_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.department} {self.months}"
