"""When a timer ended well for the last time, and how often it failed, whichever worker ran it."""

from django.db import models


class TimerRun(models.Model):
    name = models.CharField(max_length=64, primary_key=True)
    ended_at = models.DateTimeField(null=True, help_text="the last run without a failure")
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="in all")

    def __str__(self) -> str:
        return self.name
