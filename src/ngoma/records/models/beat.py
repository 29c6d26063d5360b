"""That a worker is alive."""

from django.db import models


class Beat(models.Model):
    """When timers ran last on a host."""

    host = models.CharField(max_length=255, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.host
