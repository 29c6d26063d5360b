"""What is said more often than before: words and phrases of the reports of a city, by language."""

from django.db import models

from ngoma.records.models.city import City


class Topic(models.Model):
    """A word or phrase that rises. The rows of a city are those of its last look, no others."""

    city = models.ForeignKey(City, models.CASCADE)
    language = models.CharField(max_length=8, help_text="of the reports; und: not known")
    words = models.CharField(max_length=200, help_text="folded; of published words alone")
    reports = models.PositiveIntegerField(help_text="that say it, since `since`")
    usual = models.FloatField(help_text="of as many reports before")
    z = models.FloatField(help_text="standard deviations above what was said before")
    cases = models.JSONField(help_text="ids of its cases, the newest first, 20 at most")
    since = models.DateTimeField(help_text="when the first of the reports came")
    at = models.DateTimeField(help_text="when it was looked at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "language", "words"], name="topic_once")
        ]

    def __str__(self) -> str:
        return self.words
