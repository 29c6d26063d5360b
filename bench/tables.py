"""The figures as tables of Markdown."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.web import Measured, Web


def web(found: "Web") -> str:
    """The pages of one database."""
    titles = (
        *("Page", "at most", "**CPU-ms**", "PostgreSQL's", "requests/s", "p50 ms", "p99 ms", "KB"),
        "database alone, ms",
    )
    table = _table(titles, map(_page, found.pages))
    return f"{table}\n\nLargest web worker: {found.worker_mb:.0f} MB resident (at most 150)."


def _page(page: "Measured") -> Sequence[str]:
    if not page.good:
        answers = ", ".join(f"{status}: {count}" for status, count in page.answers.items())
        return page.name, *["–"] * 7, f"answered {answers}"
    late = page.most is not None and page.cpu > page.most
    return (
        page.name,
        f"{page.most:g}" if page.most else "–",
        f"**{page.cpu:.2f}**{' ✗' if late else ''}",
        f"{page.database_cpu:.2f}" if page.database_cpu else "–",
        f"{page.rate:.0f}",
        f"{page.median:.0f}",
        f"{page.slow:.0f}",
        f"{page.size / 1024:.1f}",
        f"{page.floor:.2f}",
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---", *["--:"] * (len(titles) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
