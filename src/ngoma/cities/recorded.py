"""Services that only an older system knew: kept for its requests, offered to nobody."""

from django.db import transaction
from django.db.models import F

from ngoma.cities import book
from ngoma.records.models import City, Service

GROUP = "recorded"


def add_service(city_id: int, code: str, name: str) -> int:
    """A retired service of the group `recorded`, new or as it was added before; returns its id."""
    with transaction.atomic():
        city = City.objects.select_for_update(no_key=True).get(pk=city_id)
        spans = city.settings["deadlines"]
        service, new = Service.objects.get_or_create(
            city=city,
            code=code,
            defaults={
                "group": GROUP,
                "names": {city.languages[0]: name},
                "first_answer": spans["first_answer"],
                "resolution": spans["resolution"],
                "retired": True,
            },
        )
        if new:
            City.objects.filter(pk=city_id).update(version=F("version") + 1)
    book.forget()
    return service.pk
