"""How the city worked on a case, as the figures hold it: remembered to be taken back."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import City


class Performed(models.Model):
    """Written by the reader of the figures alone. Ids are plain numbers, 0 for none."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True)
    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    month = models.IntegerField(help_text="of the opening: months since the year 0")
    department = models.IntegerField()
    service = models.IntegerField()
    place = models.IntegerField(help_text="the place below the top of the tree, else the top")
    answer = models.SmallIntegerField(help_text="bucket of the first answer; -1: none yet")
    answered_late = models.BooleanField()
    solution = models.SmallIntegerField(help_text="bucket of the solution; -1: none yet")
    solved_late = models.BooleanField()
    reopened = models.BooleanField()
    transfers = models.SmallIntegerField()
    rating = models.SmallIntegerField(help_text="0: not rated")

    def __str__(self) -> str:
        return str(self.case_id)
