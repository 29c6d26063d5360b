"""Who reads a case just now, so that two people never decide the same one."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.user import User


class Hold(models.Model):
    """One case of one person; it lapses by itself."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True)
    user = models.OneToOneField(User, models.CASCADE)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} holds {self.case_id}"
