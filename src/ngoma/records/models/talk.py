"""A conversation over a phone that knows no pages, as long as it can be gone on with."""

from django.db import models

from ngoma.records.models.city import City


class Talk(models.Model):
    """One for each person and channel. Who it is, is known by a keyed hash alone."""

    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    channel = models.CharField(max_length=16)
    person = models.CharField(max_length=64, help_text="keyed hash of the number, or of the call")
    key = models.CharField(max_length=36, help_text="makes what is handed in the same as before")
    session = models.CharField(max_length=128, help_text="the gateway's name for this call")
    heard = models.CharField(max_length=512, help_text="all that was typed in this call")
    state = models.JSONField(null=True, help_text="where it stands; nothing once it has ended")
    answer = models.TextField(help_text="what was said last")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "channel", "person"], name="talk_once")
        ]
        indexes = [models.Index(fields=["at"], name="talk_by_time")]

    def __str__(self) -> str:
        return f"{self.channel} {self.session}"
