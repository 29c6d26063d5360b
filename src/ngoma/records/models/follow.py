"""Somebody who wants to hear of a case, or of all cases of a place, without having reported."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import City, Place
from ngoma.records.models.contact import Contact


class Follow(models.Model):
    """Of a case or of a place, never both. Nothing is sent before it is confirmed."""

    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="follows")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="follows")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="follows")
    language = models.CharField(max_length=8)
    secret = models.CharField(max_length=32, unique=True, help_text="opens the page that ends it")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "case"], name="follow_case_once"),
            models.UniqueConstraint(fields=["contact", "place"], name="follow_place_once"),
            models.CheckConstraint(
                condition=models.Q(case__isnull=True) ^ models.Q(place__isnull=True),
                name="follow_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"
