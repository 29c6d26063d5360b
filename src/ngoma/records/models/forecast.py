"""How many reports a city has to expect, as foretold on the morning of each day."""

from django.db import models

from ngoma.records.models.city import City


class Forecast(models.Model):
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    day = models.DateField(help_text="of the city; foretold are this day and those that follow")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="as `insight.forecast.kept.Figures` has them")
    first = models.JSONField(help_text="as `insight.forecast.kept.Today` has it: the day alone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "day"], name="forecast_once_a_day")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.day}"


class ForecastLine(models.Model):
    """A line of the figures by itself, for who looks at few of them. Kept of a city's newest."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="lines", db_index=False)
    service = models.BigIntegerField(null=True, help_text="null: all; 0: not known")
    place = models.BigIntegerField(null=True, help_text="null: all; 0: not known")
    line = models.JSONField(help_text="as `insight.forecast.kept.Line` has it")

    class Meta:
        indexes = [
            models.Index(fields=["forecast", "service"], name="forecast_line_by_service"),
            models.Index(fields=["forecast", "place"], name="forecast_line_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.forecast_id} {self.service} {self.place}"
