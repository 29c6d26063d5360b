"""What one worker of several has taken upon itself, and until when."""

from django.db import models


class Claim(models.Model):
    name = models.CharField(max_length=96, primary_key=True)
    until = models.DateTimeField(help_text="then whoever comes may claim it")

    def __str__(self) -> str:
        return self.name
