"""A part of a file that is still on its way from a phone."""

from django.db import models


class Part(models.Model):
    """In the database, so that any process of any host can take the next one."""

    upload = models.CharField(max_length=36, help_text="the sender's own name for the file")
    start = models.PositiveIntegerField(help_text="bytes before it")
    data = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="part_once")]
        indexes = [models.Index(fields=["added_at"], name="part_by_time")]

    def __str__(self) -> str:
        return f"{self.upload} from {self.start}"
