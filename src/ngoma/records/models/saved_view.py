"""A page of the desk with its filters that somebody keeps, shares or publishes."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.user import User


class SavedView(models.Model):
    user = models.ForeignKey(User, models.CASCADE, db_index=False)
    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    page = models.CharField(max_length=20, help_text="of the desk, as its address has it")
    query = models.CharField(max_length=400, help_text="its filters, as an address carries them")
    name = models.CharField(max_length=60)
    shared = models.BooleanField(default=False, help_text="colleagues see it and open its link")
    code = models.CharField(
        max_length=12, null=True, unique=True, help_text="of its public link; none: not published"
    )
    public_page = models.CharField(max_length=40, default="", help_text="where that link leads")
    public_query = models.CharField(max_length=400, default="")
    removed_at = models.DateTimeField(null=True, help_text="it can be brought back for a moment")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "city", "name"],
                name="saved_view_once",
                condition=models.Q(removed_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["city", "page"], name="saved_view_page")]

    def __str__(self) -> str:
        return self.name
