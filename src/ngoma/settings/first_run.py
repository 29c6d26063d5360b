"""What `up` does before it serves. A later start finds it done, and is quick."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ngoma.cities.load import load
from ngoma.settings import demo as demonstration
from ngoma.settings import prepare as installation
from ngoma.settings.prepared import PACKS

if TYPE_CHECKING:
    from rich.progress import Progress


def prepare(
    cities: Sequence[str],
    *,
    demo: bool,
    say: Callable[[str], None],
    bar: "Callable[[], Progress]",
) -> list[str]:
    """Tables, static files, the shipped packs of `cities` (all without any), demonstration.

    Returns the lines to welcome with: the demonstration's logins.
    """
    installation.migrate(say)
    installation.collect_static(say)
    for pack in _packs(cities):
        city = load(pack)
        if demo:
            with bar() as progress:
                demonstration.fill(city, progress)
    return list(demonstration.logins()) if demo else []


def _packs(cities: Sequence[str]) -> list[Path]:
    if not cities:
        return sorted(path.parent for path in PACKS.glob("*/city.toml"))
    return [PACKS / city for city in cities]
