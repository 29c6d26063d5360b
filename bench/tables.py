"""The figures as tables of Markdown."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.ground import Filled
from bench.sizes import Size
from bench.starting import Started

if TYPE_CHECKING:
    from bench.bursts import Watched
    from bench.cold import Cold
    from bench.danger import Danger
    from bench.desk import Desk
    from bench.faults import Endured
    from bench.forecast import Found as Foretold
    from bench.fuzz import Fuzzed
    from bench.importing import Imported
    from bench.insight import Insight
    from bench.languages import Mixed, Told
    from bench.ledger import Sealed
    from bench.opendata import Published
    from bench.partitions import Way
    from bench.phone import Taken as Carried
    from bench.privacy import Hidden
    from bench.recount import Recounted
    from bench.search import Searched
    from bench.soak import Soak
    from bench.tiles import Tiles
    from bench.triage import Read
    from bench.tried import Tried
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


def insight(found: "Insight") -> str:
    """What a city learns, on one database."""
    from bench.insight import BOARD_P95_MS, COLD_S, NIGHT_MB, NIGHT_S, SHOWN_S

    first, later = found.first_night, found.next_night
    rows = [
        ("arrivals counted anew, events a second", f"{found.counting:,.0f}", ""),
        ("forecast of a day", f"{found.forecast.seconds:.1f} s, {found.forecast.mb:.0f} MB", ""),
        ("first night", f"{first.seconds:.1f} s, {first.mb:.0f} MB", ""),
        (
            "next night",
            f"**{later.seconds:.1f} s, {later.mb:.0f} MB**",
            f"≤ {NIGHT_S:.0f} s, {NIGHT_MB:.0f} MB",
        ),
        (
            f"month × service × district, cold ({found.facts:,} facts, {found.rows:,} rows)",
            f"**{found.cold:.2f} s**",
            f"≤ {COLD_S:g} s",
        ),
        *(
            (
                f"board `?{each.name}`: p50, p95 ms, CPU-ms",
                f"{each.median:.0f}, **{each.p95:.0f}**, {each.cpu:.1f}",
                f"≤ {BOARD_P95_MS:.0f}",
            )
            for each in found.views
        ),
        (
            "a new report on the board: median, longest",
            f"{found.shown[0]:.1f} s, **{found.shown[1]:.1f} s**",
            f"≤ {SHOWN_S:g} s",
        ),
    ]
    title = f"Insight of {found.city} on {found.database}, {found.reports:,} cases"
    return _table((title, "", "target"), rows)


def recount(found: "Recounted") -> str:
    """The kept sums beside a recount and a rebuild."""
    rows = [
        ("random commands", f"{found.commands:,}", ""),
        ("refused by the rules", f"{found.refused:,}", ""),
        ("commands a second", f"{found.commands / found.seconds:,.0f}", ""),
        ("rows of sums", f"{found.rows:,}", ""),
        ("rows of arrivals that differ from a recount", f"**{found.from_recount}**", "0"),
        ("rows that differ from a rebuild", f"**{found.from_rebuild}**", "0"),
    ]
    return _table((f"Kept sums on {found.database}", "", "target"), rows)


def opendata(found: "Published") -> str:
    """The publication of a city's data on one database."""
    changed = f"{found.dirty} of {found.months}"
    read, rows = found.read / found.partitions[0], found.rows / found.publication[0]
    cells = [
        (f"{found.read:,} rows from the database into partitions", *_took(found.partitions), ""),
        ("of these a second", f"{read:,.0f}", "", ""),
        (f"the first publication of {found.rows:,} rows", *_took(found.publication), ""),
        ("of these a second", f"{rows:,.0f}", "", ""),
        (f"a night with {changed} months changed", *_took(found.night), "≤ 600 s"),
        ("a night without change", *_took(found.idle), ""),
        ("published files", f"{found.files / 1e6:,.0f} MB", "", ""),
        ("on disk with partitions and packed files", f"{found.disk / 1e6:,.0f} MB", "", ""),
        ("most memory", f"{found.memory / 1e6:,.0f} MB", "", "≤ 2,000 MB"),
    ]
    return _table((f"Open data on {found.database}", "", "CPU", "target"), cells)


def _took(times: tuple[float, float]) -> tuple[str, str]:
    return f"**{times[0]:.1f} s**", f"{times[1]:.1f} s"


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


def fuzzed(found: "Fuzzed") -> str:
    """How hostile requests were answered, and each that broke something."""
    answers = ", ".join(f"{status}: {count:,}" for status, count in found.statuses.items())
    told = (
        f"{found.requests:,} hostile requests from number {found.first:,} on {found.database} in "
        f"{found.seconds:.0f} s: **{len(found.broke)} broke anything**; {answers}."
    )
    lines = [told]
    lines += [f"* {each.number}: {each.answer}: {each.sent}" for each in found.broke[:50]]
    lines += [f"* {number}: {seconds} s" for seconds, number in sorted(found.slow)[-10:]]
    return "\n".join(lines)


def endured(found: "Sequence[Endured]") -> str:
    """What came of each fault, and below the table what was lost or sent twice."""
    lines = [
        "| fault | reports | refused meanwhile | back after s | messages | unsure | **problems** |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {each.fault} | {each.reports:,} | {each.refused:,} | {each.back_s:.1f} |"
        f" {each.messages:,} | {each.unsure:,} | **{len(each.problems)}** |"
        for each in found
    ]
    return "\n".join([*lines, *(f"\n{text}" for each in found for text in each.problems)])


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


def partitions(found: "Sequence[Way]") -> str:
    """What events cost in one table and in one for each month."""
    titles = (
        "Events kept in", "insert one, ms", "story of a case, ms", "the next 500 for a reader, ms",
        "filled in s", "MB",
    )  # fmt: skip
    rows = [
        (each.name, f"{each.insert:.2f}", f"**{each.story:.2f}**", f"{each.batch:.1f}",
         f"{each.filled_s:.0f}", f"{each.size:,.0f}")
        for each in found
    ]  # fmt: skip
    return _table(titles, rows)


def growth(sizes: Sequence[Size]) -> str:
    """CPU-ms of each page, a column for each size of the city."""
    titles = " | ".join(f"{size.reports:,} cases" for size in sizes)
    rows = []
    for number, page in enumerate(sizes[0].pages):
        costs = [size.pages[number] for size in sizes]
        cells = " | ".join(f"{each.cpu:.2f} ({each.p95:.0f})" for each in costs)
        rows.append(f"| {page.name} | {cells} | {costs[-1].cpu / costs[0].cpu:.1f} |")
    kept = " | ".join(f"{size.bytes_a_case / 1000:.1f}" for size in sizes)
    return (
        f"| CPU-ms (p95 ms) on {sizes[0].database} | {titles} | last / first |\n"
        f"| --- |{' --: |' * len(sizes)} --: |\n"
        + "\n".join(rows)
        + f"\n| Kilobytes on disk, a case | {kept} | |"
    )


def soak(found: "Soak") -> str:
    """What became of a busy city, stretch by stretch."""
    from bench.soak import MOST_LAG_S, MOST_MEMORY, MOST_P99_MS, RECOVERED_S

    rows = []
    for number, each in enumerate(found.phases):
        held = number == 0  # to what it has to be; the others tell how it bends
        slow = " ✗" if held and each.p99 > MOST_P99_MS else ""
        behind = " ✗" if held and each.lag > MOST_LAG_S else ""
        grown = any(
            last > (1 + MOST_MEMORY) * first for first, last in (each.web_mb, each.worker_mb)
        )
        answers = ", ".join(f"{count:,} × {status}" for status, count in each.answers.items())
        rows.append(
            f"| {each.name}, {each.seconds:.0f} s | {each.reports:.1f} | {each.views:.1f} |"
            f" {answers} | {each.median:.0f} | **{each.p99:.0f}**{slow} | {each.p99_reports:.0f} |"
            f" {each.cpu:.2f} + {each.database_cpu:.2f} | {each.lag:.1f}{behind} |"
            f" {each.web_mb[0]:.0f} → {each.web_mb[1]:.0f},"
            f" {each.worker_mb[0]:.0f} → {each.worker_mb[1]:.0f}{' ✗' if held and grown else ''} |"
        )
    late = " ✗" if found.recovered > RECOVERED_S else ""
    kept = "yes" if found.kept else "NO"
    return (
        f"| {found.database} | reports/s | views/s | answers | p50 ms | **p99 ms** |"
        " p99 of reports | CPU-ms, web + database | readers behind, s | MB of web, worker |\n"
        f"| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: |\n"
        + "\n".join(rows)
        + f"\n\nIn time again {found.recovered:.0f} s after the overload{late} (at most"
        f" {RECOVERED_S}). Every report that was answered is there: {kept}."
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


def forecast(found: "Foretold") -> str:
    """How well weeks were foretold, level by level."""
    from bench.forecast import COVERED, MOST_MISSED

    titles = (
        "City, weeks", "sums of", "how many", "week before", "mean of eight", "**forecast**",
        "better than the week before", "weeks in range", "days in range",
    )  # fmt: skip
    rows = [
        (
            f"{each.city}, {each.part}",
            {"place": "district"}.get(each.level, each.level),
            f"{each.sums:,}",
            f"{each.naive:.2f}",
            f"{each.mean:.2f}",
            f"**{each.ours:.2f}**",
            f"{1 - each.ours / each.naive:.1%}"
            + (" ✗" if each.ours > MOST_MISSED * each.naive else ""),
            *(
                f"{share:.1%}{'' if COVERED[0] <= share <= COVERED[1] else ' ✗'}"
                for share in (each.weeks, each.days)
            ),
        )
        for each in found.rows
    ]
    told = [
        f"{city}: by the end of an hour {by:.1%} of days were in their range, of single hours "
        f"{within:.1%}."
        for city, (by, within) in found.hours.items()
    ]
    return "\n\n".join([_table(titles, rows), *told])


def alarms(found: "Sequence[Watched]") -> str:
    """How many bursts were found in a week where nothing was planted, by the limit."""
    titles = ("False bursts allowed a day", *(f"{each.limit:g}" for each in found[0].alarms))
    rows = [
        (
            f"{each.city}: found a week, {each.reports:,} reports, {each.weeks:.1f} weeks scanned",
            *(f"{alarm.a_week:.2f}" for alarm in each.alarms),
        )
        for each in found
    ]
    return _table(titles, rows)


def bursts(found: "Sequence[Watched]") -> str:
    """Which share of planted bursts was found, by their size, radius and span."""
    kinds = sorted({(each.radius_m, each.hours) for each in found[0].planted})
    titles = ("Found of planted", *(f"{radius:g} m, {hours:g} h" for radius, hours in kinds), "all")
    rows = []
    for watched in found:
        for size in sorted({each.size for each in watched.planted}):
            its = {(e.radius_m, e.hours): e for e in watched.planted if e.size == size}
            whole = sum(e.found for e in its.values()) / sum(e.planted for e in its.values())
            shares = (f"{its[kind].found / its[kind].planted:.0%}" for kind in kinds)
            rows.append((f"{watched.city}, {size} reports", *shares, f"**{whole:.0%}**"))
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


def cold(found: "Sequence[Cold]") -> str:
    """How well a city is read by its pack alone."""
    rows = [
        (each.city, each.language, str(each.reports), f"{each.first:.3f}", f"{each.top_3:.3f}")
        for each in found
    ]
    return _table(("pack", "language", "reports", "first", "top 3"), rows)


def tried(found: "Sequence[Tried]") -> str:
    """What was tried to see more dangers."""
    rows = [(each.name, f"{each.riskiest:.3f}", f"{each.precision:.3f}") for each in found]
    return _table(("Tried", "dangers in the riskiest fifth", "average precision"), rows)


def languages(told: "Sequence[Told]", mixed: "Sequence[Mixed]") -> str:
    """How well the language of sentences is told, and of two after each other."""
    rows = [
        (each.name, each.language, f"{each.sentences:,}", f"{each.right:.3f}", str(each.short),
         f"{each.right_short:.3f}" if each.short else "")
        for each in told
    ]  # fmt: skip
    pairs = [(each.languages, str(each.pairs), f"{each.right:.3f}") for each in mixed]
    titles = ("Sentences of", "language", "sentences", "told", "short", "told of these")
    two = ("Two sentences", "pairs", "both told and parted")
    return f"{_table(titles, rows)}\n\n{_table(two, pairs)}"


def privacy(found: "Sequence[Hidden]") -> str:
    """How much of what leads to a person is hidden, and how much of what is hidden does."""
    titles = ("texts in", "kind", "values", "recall", "precision")
    rows = [
        (
            each.language,
            each.kind,
            f"{each.values:,}",
            f"{each.recall:.3f}",
            f"{each.precision:.3f}",
        )
        for each in found
    ]
    return _table(titles, rows)


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
