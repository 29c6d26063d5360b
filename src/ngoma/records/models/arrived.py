"""When, where and about what a report came, as the sums hold it: remembered to be taken back."""

from django.db import models

from ngoma.records.models.city import City
from ngoma.records.models.report import Report


class Arrived(models.Model):
    """Written by the reader of arrivals alone. Ids are plain numbers, 0 for none."""

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True)
    city = models.ForeignKey(City, models.PROTECT, db_index=False)
    hour = models.IntegerField(help_text="of the city's clock: hours since 1970 began there")
    service = models.IntegerField(help_text="of the case, else proposed, else chosen")
    place = models.IntegerField(help_text="the district")
    channel = models.SmallIntegerField(help_text="its position among the channels")

    def __str__(self) -> str:
        return str(self.report_id)
