"""One step done to many cases: who asked for it, how far it has come, what could not be done."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.user import User


class Batch(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "it can still be undone"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped", "by a person: the rest was left"

    city = models.ForeignKey(City, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)
    step = models.CharField(max_length=16, help_text="which verb")
    fields = models.JSONField(help_text="what the verb is told, the same for all")
    texts = models.JSONField(help_text="by language, with fields in braces")
    cases = models.JSONField(help_text="ids, in the order in which they are done")
    made_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tried = models.PositiveIntegerField(default=0, help_text="cases dealt with, well or not")
    failures = models.JSONField(default=list, help_text="case and why, as field and code")

    def __str__(self) -> str:
        return f"{self.step} {len(self.cases)}"
