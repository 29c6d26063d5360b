"""What triage learned from the decisions of a city: models, and how good they were found."""

from django.db import models

from ngoma.records.models.city import City


class Learned(models.Model):
    """One training. The model in use for a task is the one used last that was not withdrawn."""

    class Task(models.TextChoices):
        SERVICE = "service", "which service a report belongs to"
        URGENCY = "urgency", "how dangerous it is"
        SAME = "same", "whether two reports are of one problem"

    city = models.ForeignKey(City, models.CASCADE)
    task = models.CharField(max_length=8, choices=Task.choices, default=Task.SERVICE)
    started_at = models.DateTimeField()
    night = models.DateField(null=True, help_text="of a training by the clock")
    decisions = models.PositiveIntegerField(default=0, help_text="decisions it learned from")
    figures = models.JSONField(
        default=dict, help_text="on decisions that it had not seen, beside what was in use"
    )
    data = models.BinaryField(null=True, help_text="the model; none where it was no better")
    used_at = models.DateTimeField(null=True, help_text="since when it reads reports")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "task", "night"], name="learned_once_a_night")
        ]

    def __str__(self) -> str:
        return f"learned {self.pk}"
