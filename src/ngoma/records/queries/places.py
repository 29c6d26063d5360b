"""Boundaries of places; everything else about places is in the city's book."""

from collections.abc import Collection
from typing import Any

from ngoma.records.models import Place


def boundaries(place_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The GeoJSON geometry of each of these places that has one."""
    rows = Place.objects.filter(pk__in=place_ids).values_list("pk", "boundary")
    return {place_id: boundary for place_id, boundary in rows if boundary is not None}
