"""A public case as the counts hold it: derived from the case, and remembered to be taken back."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import City


class Kind(models.IntegerChoices):
    """How a case stands, as far as the public counts tell it apart."""

    ENDED = 0, "ended, and nobody knows how"
    OPEN = 1
    LATE = 2, "open, past its date"
    FIXED = 3
    REFUSED = 4, "not taken up, or passed on"


class Counted(models.Model):
    """Where and as what a case is counted now. Written by the reader of the counts alone.

    Ids stand here as plain numbers, 0 for none, as the counts hold them. A position is here only if
    everybody may see exactly where the case is.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True)
    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    quad = models.BigIntegerField(null=True, help_text="Morton key at zoom 24; the map's if any")
    x = models.IntegerField(default=0, help_text="tile of zoom 24")
    y = models.IntegerField(default=0)
    service = models.IntegerField(default=0)
    place = models.IntegerField(default=0)
    area = models.IntegerField(default=0, help_text="the place at the top of the tree around it")
    kind = models.SmallIntegerField(choices=Kind.choices)
    age = models.SmallIntegerField(help_text="how many of the periods it has left behind")
    opened_month = models.IntegerField(help_text="months since the year 0, in the city's zone")
    fixed_month = models.IntegerField(default=0, help_text="0 where it is not fixed")
    moves_at = models.DateTimeField(null=True, help_text="when time alone will change it")

    class Meta:
        indexes = [
            # All that a filter asks is in the index itself.
            models.Index(
                fields=["city", "quad", "service", "place", "kind", "age", "x", "y", "case"],
                name="counted_on_map",
            ),
            models.Index(
                fields=["city", "place", "quad", "service", "kind", "age", "x", "y", "case"],
                name="counted_by_place",
            ),
            models.Index(
                fields=["moves_at"],
                condition=models.Q(moves_at__isnull=False),
                name="counted_by_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
