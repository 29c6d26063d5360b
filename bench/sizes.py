"""The costs of pages in cities of several sizes, and how they grow. Knows no database."""

from collections.abc import Sequence

import msgspec

from bench import curves


class Cost(msgspec.Struct):
    """A page: milliseconds, and CPU-ms of the server and of its database."""

    name: str
    median: float
    p95: float
    cpu: float


class Size(msgspec.Struct):
    """All pages in a city of one size, and the bytes on disk of a case with all that belongs to
    it."""

    database: str
    reports: int
    pages: list[Cost]
    bytes_a_case: float


def drawn(sizes: Sequence[Size]) -> str:
    """The pages of residents and of staff, each a line over the sizes, as SVG."""
    costs: dict[str, list[tuple[float, float]]] = {}
    for size in sizes:
        for page in size.pages:
            costs.setdefault(page.name, []).append((size.reports, page.cpu))
    return curves.growth(costs, x="cases", y="CPU-ms")
