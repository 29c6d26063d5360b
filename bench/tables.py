"""The figures as tables of Markdown."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.ground import Filled
from bench.starting import Started

if TYPE_CHECKING:
    from bench.danger import Danger
    from bench.desk import Desk
    from bench.importing import Imported
    from bench.ledger import Sealed
    from bench.phone import Taken as Carried
    from bench.search import Searched
    from bench.tiles import Tiles
    from bench.triage import Read
    from bench.ussd import Dialled
    from bench.web import Measured, Web


def put(text: str, page: Path, name: str = "figures") -> None:
    """Replace the figures of a page of the documents, between its marks of that name."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{start}\n{text}\n\n{end}{after}", encoding="utf-8")


def machine(at: datetime, command: str) -> str:
    """What the figures were taken on, when, and how."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"`{command}` on {at:%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load average before: {load:.1f}."
    )


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1].strip() if found else platform.machine()


def filled(found: Filled) -> str:
    """How fast the city was made up."""
    return (
        f"Made up: {found.reports:,} cases of {found.city}, {found.rows:,} rows in "
        f"{found.seconds:.0f} s ({found.rows / found.seconds:,.0f} rows/s)."
    )


def imported(found: "Imported") -> str:
    """How fast a file is taken over."""
    rate = found.rows / found.seconds
    late = " ✗" if rate < 3000 else ""
    return (
        f"Import: {found.rows:,} requests in {found.seconds:.1f} s: **{rate:,.0f} rows/s**{late} "
        f"(at least 3,000), {1000 * found.cpu / found.rows:.2f} CPU-ms each."
    )


def started(found: Started) -> str:
    """How long a start takes."""
    rows = [
        (f"fresh clone, {found.packages} from the cache", "90", _seconds(found.fresh, 90)),
        ("later", "4", _seconds(found.later, 4)),
    ]
    return _table(("First page of `ngoma up`", "at most, s", "**s**"), rows)


def _seconds(taken: float, most: float) -> str:
    return f"**{taken:.1f}**{' ✗' if taken > most else ''}"


def web(found: "Web") -> str:
    """The pages of one database."""
    titles = (
        *("Page", "at most", "**CPU-ms**", "PostgreSQL's", "requests/s", "p50 ms", "p99 ms", "KB"),
        "database alone, ms",
    )
    table = _table(titles, map(_page, found.pages))
    return f"{table}\n\nLargest web worker: {found.worker_mb:.0f} MB resident (at most 150)."


def phone(found: "Sequence[Carried]") -> str:
    """What a phone on a slow line waits for."""
    rows = [
        (
            each.name,
            f"{each.most:g}",
            f"**{each.seconds:.1f}**{' ✗' if each.seconds > each.most else ''}",
            f"{each.line:.1f}" if each.line else "–",
        )
        for each in found
    ]
    titles = ("On a phone: 400 kbit/s, 400 ms", "at most, s", "**median, s**", "line alone, s")
    return _table(titles, rows)


def tiles(found: "Tiles", most_ms: float, most_kb: float) -> str:
    """The tiles of one database."""
    titles = (
        "p50 ms",
        "**p99 ms**",
        "slowest",
        "CPU-ms",
        "largest, KB",
        "database alone: p50",
        "p99",
    )
    rows = [
        (
            each.name,
            f"{each.median:.1f}",
            f"**{each.slow:.1f}**{' ✗' if each.slow > most_ms else ''}",
            f"{each.slowest:.1f}",
            f"{each.cpu:.2f}",
            f"{each.largest:.1f}{' ✗' if each.largest > most_kb else ''}",
            f"{each.floor_median:.2f}",
            f"{each.floor_slow:.2f}",
        )
        for each in found.kinds
    ]
    return _table((f"Tiles on {found.database}, {found.reports:,} cases", *titles), rows)


def ledger(found: "Sealed") -> str:
    """The ledger of one database."""
    rate, hashing = found.entries / found.seconds, found.hashing
    rows = [
        ("events sealed a second, durable", f"**{rate:,.0f}**", "≥ 5,000"),
        ("CPU-ms of an event", f"{1000 * found.cpu / found.entries:.3f}", ""),
        ("hashing alone, events a second", f"{hashing:,.0f}", ""),
        ("transactions a second", f"{found.commits:.1f}", ""),
        ("bytes of an entry", f"{found.entry:.0f}", ""),
        ("a proof: p50 / p95 ms", f"**{found.proof[0]:.2f} / {found.proof[1]:.2f}**", "≤ 5"),
        ("a whole receipt: p50 / p95 ms", f"{found.receipt[0]:.2f} / {found.receipt[1]:.2f}", ""),
        ("largest receipt, bytes, no witness", f"{found.largest:,}", ""),
        ("checking the whole, s", f"**{found.verifying:.1f}**", "≤ 60"),
    ]
    return _table((f"Ledger on {found.database}, {found.entries:,} entries", "", "target"), rows)


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


def desk(found: "Desk") -> str:
    """The desk's pages and steps, the search and the batch."""
    from bench.desk import BATCH_S, MOST, MOST_P95_MS, SEARCH_P95_MS

    lines = [
        (
            f"| Desk of {found.city} on {found.database}, {found.reports:,} cases, "
            f"{found.waiting:,} "
            "waiting | p50 ms | **p95 ms** | CPU-ms |"
        ),
        "| --- | --: | --: | --: |",
    ]
    for each in found.kinds:
        slow = " ✗" if each.p95 > MOST_P95_MS else ""
        dear = " ✗" if each.cpu > MOST.get(each.name, float("inf")) else ""
        lines.append(
            f"| {each.name} | {each.median:.1f} | **{each.p95:.1f}**{slow} | {each.cpu:.2f}{dear} |"
        )
    late = " ✗" if found.search_p95 > SEARCH_P95_MS else ""
    slow = " ✗" if found.batch > BATCH_S else ""
    lines += [
        "",
        (
            f"Search for two words, the query alone: p50 {found.search_median:.1f} ms, "
            f"p95 **{found.search_p95:.1f} ms**{late} (at most {SEARCH_P95_MS:.0f})."
        ),
        "",
        (
            f"One answer for 1,000 cases: **{found.batch:.1f} s**{slow} (at most {BATCH_S:.0f}) "
            f"until the last of {found.notices:,} notices was written."
        ),
    ]
    return "\n".join(lines)


def dialled(found: "Dialled") -> str:
    """What a step of a call takes while many call."""
    from bench.ussd import MOST_CPU_MS, MOST_P95_MS

    slow = " ✗" if found.p95 > MOST_P95_MS else ""
    dear = " ✗" if found.cpu > MOST_CPU_MS else ""
    return (
        f"| {found.calls:,} calls at once on {found.database} | steps | p50 ms | **p95 ms** |"
        " slowest | CPU-ms a step | reports |\n| --- | --: | --: | --: | --: | --: | --: |\n"
        f"| in {found.seconds:.0f} s | {found.steps:,} | {found.median:.1f} |"
        f" **{found.p95:.1f}**{slow} | {found.slowest:.0f} | {found.cpu:.2f}{dear} |"
        f" {found.reports:,} |"
    )


def search(found: "Sequence[Searched]") -> str:
    """Milliseconds of a search."""
    from bench.search import MOST_MS

    titles = ("Search", "cases", "one word: p50", "**p95**", "two words: p50", "**p95**")
    rows = [
        (
            f"{each.city}, {each.language}, {each.database}",
            f"{each.cases:,}",
            *(
                cell
                for median, p95 in (each.one, each.two)
                for cell in (f"{median:.1f}", f"**{p95:.1f}**{' ✗' if p95 > MOST_MS else ''}")
            ),
        )
        for each in found
    ]
    return _table(titles, rows)


def danger(found: "Danger") -> str:
    """How well readers see danger."""
    readers = [
        (each.name, f"{each.riskiest:.3f}", f"{each.precision:.3f}") for each in found.readers
    ]
    return (
        f"{found.dangers:,} dangers among {found.asked:,} texts, learned from "
        f"{found.learned_from:,}:\n\n"
        + _table(("Reader", "dangers in the riskiest fifth", "average precision"), readers)
        + f"\nBy its bars Ngoma raises {found.raised:.0%} of the dangers and {found.alarms:.0%} of "
        "what is calm.\n"
    )


def triage(found: "Sequence[Read]") -> str:
    """What readers made of sets of texts: accuracy / macro-F1, and more of ours."""
    titles = (
        "Texts", "labels", "learned from", "asked", "word counts + regression",
        "words, letters + SVM", "**Ngoma**", "top 3", "ECE", "at 95 %", "learns in, s", "texts/s",
        "with meaning", "MB",
    )  # fmt: skip
    rows = [
        (
            each.name,
            str(each.labels),
            f"{each.learned_from:,}",
            f"{each.asked:,}",
            f"{each.counts.accuracy:.3f} / {each.counts.macro_f1:.3f}",
            f"{each.machine.accuracy:.3f} / {each.machine.macro_f1:.3f}",
            f"**{each.ours.accuracy:.3f} / {each.ours.macro_f1:.3f}**",
            f"{each.ours.top_3:.3f}",
            f"{each.ours.ece:.3f}",
            f"{each.ours.coverage_at_95:.2f}",
            f"{each.training:.0f}",
            f"{each.per_second:,.0f}",
            f"{each.per_second_deep:.0f}",
            f"{each.megabytes:.1f}",
        )
        for each in found
    ]
    return _table(titles, rows)
