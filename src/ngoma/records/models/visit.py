"""A visit of a crew, as their phone sent it: by its key the same one is never taken twice."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.user import User


class Visit(models.Model):
    key = models.CharField(max_length=64, unique=True, help_text="made by the phone")
    case = models.ForeignKey(Case, models.CASCADE)
    user = models.ForeignKey(User, models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
