"""What `up` does before it serves. A later start finds it done, and is quick."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ngoma.cities.load import load
from ngoma.settings import demo as demonstration
from ngoma.settings import prepare as installation

if TYPE_CHECKING:
    from rich.progress import Progress

PACKS = Path(__file__).resolve().parents[1] / "packs"


def prepare(
    cities: Sequence[str],
    *,
    demo: bool,
    say: Callable[[str], None],
    bar: "Callable[[], Progress]",
) -> None:
    """Tables, static files, the shipped packs of `cities` (all without any), demonstration."""
    installation.migrate(say)
    installation.collect_static(say)
    for pack in _packs(cities):
        city = load(pack)
        if demo:
            with bar() as progress:
                demonstration.fill(city, progress)


def welcome(*, demo: bool) -> Iterator[str]:
    """What is printed when all answers: the demonstration's logins."""
    if demo:
        yield from (f"  {login}" for login in demonstration.logins())


def _packs(cities: Sequence[str]) -> list[Path]:
    if not cities:
        return sorted(path.parent for path in PACKS.glob("*/city.toml"))
    return [PACKS / city for city in cities]
