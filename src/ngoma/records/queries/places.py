"""Boundaries of places; everything else about places is in the city's book."""

from typing import Any

from ngoma.records.models import Place


def boundaries(place_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The GeoJSON geometry of each of these places that has one."""
    rows = Place.objects.filter(pk__in=place_ids, boundary__isnull=False)
    return dict(rows.values_list("pk", "boundary"))
