"""Which department owns a service in a place: the most exact row wins."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Owners(Generic[Key]):
    """Rows of (service, group, place, department); service and place are ids or codes alike."""

    __slots__ = ("_by_group", "_by_service")

    def __init__(self, rows: Iterable[tuple[Key | None, str, Key | None, Key]]) -> None:
        self._by_service: dict[tuple[Key, Key | None], Key] = {}
        self._by_group: dict[tuple[str, Key | None], Key] = {}
        for service, group, place, department in rows:
            if service is not None:
                self._by_service[service, place] = department
            else:
                self._by_group[group, place] = department

    def find(self, service: Key, group: str, chain: Sequence[Key]) -> Key | None:
        """The owner where `chain` is the place and its ancestors, small to whole, or None.

        A row for the service wins over one for its group; among those, the smallest place.
        """
        for place in (*chain, None):
            if (owner := self._by_service.get((service, place))) is not None:
                return owner
        for place in (*chain, None):
            if (owner := self._by_group.get((group, place))) is not None:
                return owner
        return None
