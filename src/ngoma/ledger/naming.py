"""Codes and references by number: an entry speaks of a city as its pack does."""

from collections.abc import Mapping
from typing import Any

from ngoma.records.models import Case, City, Department, Place, Service

_CODES: dict[str, tuple[Any, str]] = {
    "city": (City, "slug"),
    "service": (Service, "code"),
    "place": (Place, "code"),
    "department": (Department, "code"),
}
_IN_EVENTS = frozenset({"service", "place", "department"})
_CASES = frozenset({"into", "from"})


class Names:
    """The codes that were asked for. A code never changes: the next pack has the same, or adds."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[int, str]] = {}

    def of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """An event's data with codes in place of numbers."""
        named = dict(data)
        for key in _IN_EVENTS & data.keys():
            if isinstance(data[key], int):
                named[key] = self.code(key, data[key])
        for key in _CASES & data.keys():
            named[key] = Case.objects.values_list("reference", flat=True).get(pk=data[key])
        return named

    def code(self, kind: str, number: int) -> str:
        """The code of a city, service, place or department. LookupError for an unknown number."""
        table = self._tables.setdefault(kind, {})
        if number not in table:
            model, column = _CODES[kind]
            table.update(model.objects.values_list("pk", column))
        return table[number]
