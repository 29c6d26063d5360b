"""A choice of the queue that somebody keeps under a name."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.user import User


class SavedFilter(models.Model):
    user = models.ForeignKey(User, models.CASCADE, db_index=False)
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300, help_text="the choice, as an address carries it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "city", "name"], name="saved_filter_once")
        ]

    def __str__(self) -> str:
        return self.name
