"""The commands of the bench: `./ngoma bench NAME`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import sizes as cities
from bench import starting, tables
from bench.ground import Filled, Ground, ground
from ngoma.base.clock import now
from ngoma.settings.checks import postgresql
from ngoma.settings.table import ROOT

app = typer.Typer(no_args_is_help=True, add_completion=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def main() -> None:
    """Measure Ngoma on made-up cities of the bench's own, on SQLite or at DATABASE_URL."""


City = Annotated[str, typer.Option(help="Slug of a shipped pack.")]
Reports = Annotated[int, typer.Option(min=1, help="How many cases to make up.")]
Data = Annotated[Path | None, typer.Option("--data", help="Directory of the bench's own data.")]
Json = Annotated[Path | None, typer.Option("--json", help="File for the figures too.")]
Seconds = Annotated[float, typer.Option(help="How long each page is asked for.")]
PAGE = ROOT / "docs" / "benchmarks.md"


@app.command()
def fill(city: City = "kampala", reports: Reports = 100_000, data: Data = None) -> None:
    """Make up a city's years, anew."""
    typer.echo(tables.filled(_fill(ground(data), city, reports)))


@app.command()
def web(
    city: City = "kampala",
    reports: Reports = 100_000,
    data: Data = None,
    seconds: Seconds = 4.0,
    only: Annotated[str, typer.Option(help="Pages with this in their name.")] = "",
    json: Json = None,
) -> None:
    """Measure the pages under load; makes the city up if it is not there."""
    place = _filled(data, city, reports)
    from bench import web as pages
    from ngoma.cities.book import book

    found = pages.measure(
        book(city), place.database, place.url, seconds=seconds, only=only, say=err.print
    )
    typer.echo(tables.web(found))
    _keep(found, json)


@app.command("import")
def import_(
    city: City = "kampala",
    reports: Reports = 100_000,
    data: Data = None,
    rows: Annotated[int, typer.Option(min=1, help="How many requests to import.")] = 30_000,
    json: Json = None,
) -> None:
    """Measure how fast a file is taken over, beside what a made-up city has."""
    place = _filled(data, city, reports)
    from bench import importing
    from ngoma.cities.book import book

    with _bar() as bar:
        task = bar.add_task("Rows", total=rows)
        found = importing.measure(
            book(city), place.database, rows, lambda _d, _s, n: bar.update(task, completed=n)
        )
    typer.echo(tables.imported(found))
    _keep(found, json)


@app.command()
def start(json: Json = None) -> None:
    """Measure how long `up` takes, after a fresh clone of what is committed and the next time."""
    found = starting.measure()
    typer.echo(tables.started(found))
    _keep(found, json)


@app.command("faults")
def faults_() -> None:
    """Kill and cut off what an installation consists of; ends with 1 where anything was lost."""
    from bench import faults

    with tempfile.TemporaryDirectory(prefix="ngoma-faults-") as folder:
        found = faults.measure(Path(folder), err.print)
    typer.echo(tables.endured(found))
    raise typer.Exit(1 if any(each.problems for each in found) else 0)


@app.command("tiles")
def tiles_(
    city: City = "kampala",
    reports: Reports = 1_000_000,
    data: Data = None,
    json: Json = None,
) -> None:
    """Measure the map's tiles with whatever filters, one at a time."""
    place = _filled(data, city, reports)
    from bench import tiles
    from ngoma.cities.book import book

    found = tiles.measure(book(city), place.database, place.url, reports, say=err.print)
    typer.echo(tables.tiles(found, tiles.MOST_MS, tiles.MOST_KB))
    _keep(found, json)


@app.command()
def desk(
    city: City = "kampala",
    reports: Reports = 1_000_000,
    data: Data = None,
    json: Json = None,
) -> None:
    """Measure the desk: its pages and steps, the search, and one answer for many."""
    place = _filled(data, city, reports)
    from bench import desk as desks
    from ngoma.cities.book import book

    found = desks.measure(book(city), place.database, place.url, reports, say=err.print)
    typer.echo(tables.desk(found))
    _keep(found, json)


@app.command()
def ussd(
    city: City = "kampala", reports: Reports = 100_000, data: Data = None, json: Json = None
) -> None:
    """Measure 500 people who report over USSD at the same time."""
    place = _filled(data, city, reports)
    from bench import ussd as dialling
    from ngoma.cities.book import book

    found = dialling.measure(book(city), place.database, place.url, say=err.print)
    typer.echo(tables.dialled(found))
    _keep(found, json)


@app.command()
def size(
    city: City = "kampala", reports: Reports = 100_000, data: Data = None, json: Json = None
) -> None:
    """Measure what every page costs in a city of one size, one request at a time."""
    place = _filled(data, city, reports)
    from bench import growth as growing
    from ngoma.cities.book import book

    found = growing.measure(book(city), place.database, place.url, reports, say=err.print)
    typer.echo(tables.growth([found]))
    _keep(found, json)


@app.command()
def growth(
    sizes: Annotated[str, typer.Option(help="Cases, with commas.")] = "10000,100000,1000000",
    data: Data = None,
    svg: Annotated[Path | None, typer.Option(help="File for the curves.")] = None,
) -> None:
    """Measure what every page costs as a city grows."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for cases in sizes.split(","):
            kept = Path(folder) / cases
            given = ["--reports", cases, "--json", str(kept)]
            _run(os.environ.get("DATABASE_URL", ""), "size", *given, *_at(data))
            found.append(msgspec.json.decode(kept.read_bytes(), type=cities.Size))
    typer.echo(tables.growth(found))
    if svg:
        svg.write_text(cities.drawn(found), encoding="utf-8")


@app.command("partitions")
def partitions_(
    rows: Annotated[int, typer.Option(min=1, help="How many events to keep.")] = 10_000_000,
) -> None:
    """Measure whether PostgreSQL gains by a table of events for each month."""
    from bench import partitions

    typer.echo(tables.partitions(partitions.measure(partitions.where(), rows, err.print)))


@app.command()
def soak(
    city: City = "kampala",
    reports: Reports = 100_000,
    data: Data = None,
    minutes: Annotated[
        float, typer.Option(help="Of the steady load; a third of it too much.")
    ] = 30,
    json: Json = None,
) -> None:
    """Let a city be busy for long, then far too busy, with web and worker as in production."""
    place = _filled(data, city, reports)
    from bench import soak as soaking
    from ngoma.cities.book import book

    found = soaking.measure(book(city), place.database, place.url, minutes, say=err.print)
    typer.echo(tables.soak(found))
    _keep(found, json)


@app.command()
def ledger(
    city: City = "kampala",
    reports: Reports = 200_000,
    data: Data = None,
    entries: Annotated[int, typer.Option(min=1, help="How many events to seal.")] = 1_000_000,
    json: Json = None,
) -> None:
    """Measure sealing, proofs and the check of the whole ledger."""
    place = _filled(data, city, reports)
    from bench import ledger as sealing

    with _bar() as bar:
        task = bar.add_task("Events", total=entries)
        found = sealing.measure(place.database, entries, lambda n: bar.advance(task, n))
    typer.echo(tables.ledger(found))
    _keep(found, json)


@app.command()
def insight(
    city: City = "seoul",
    reports: Reports = 1_000_000,
    times: Annotated[int, typer.Option(min=1, help="How often each fact stands in a table.")] = 1,
    data: Data = None,
    json: Json = None,
) -> None:
    """Measure what a city learns: sums, forecast, night and the situation board."""
    place = _filled(data, city, reports)
    from bench import insight as learning
    from ngoma.cities.book import book

    found = learning.measure(book(city), place.database, place.url, reports, times, say=err.print)
    typer.echo(tables.insight(found))
    _keep(found, json)


@app.command()
def recount(
    city: City = "kampala",
    reports: Reports = 1000,
    data: Data = None,
    commands: Annotated[int, typer.Option(min=100, help="How many random commands.")] = 100_000,
    json: Json = None,
) -> None:
    """Compare the kept sums with a recount and a rebuild after random commands."""
    place = _filled(data, city, reports)
    from bench import recount as recounting
    from ngoma.cities.book import book

    with _bar() as bar:
        task = bar.add_task("Commands", total=commands)
        found = recounting.measure(
            book(city), place.database, commands, lambda n: bar.advance(task, n)
        )
    typer.echo(tables.recount(found))
    _keep(found, json)


@app.command()
def opendata(
    city: City = "kampala",
    reports: Reports = 100_000,
    data: Data = None,
    times: Annotated[int, typer.Option(min=1, help="How often each row is published.")] = 1,
    json: Json = None,
) -> None:
    """Measure the publication of a city's data: the first, and a night's."""
    place = _filled(data, city, reports)
    from bench import opendata as publication
    from ngoma.cities.book import book

    found = publication.measure(book(city), place.database, times, err.print)
    typer.echo(tables.opendata(found))
    _keep(found, json)


@app.command()
def duplicates(
    city: City = "kampala",
    reports: Reports = 1_000_000,
    data: Data = None,
) -> None:
    """Measure what finding duplicates costs, with photos; makes the city up if it is not there."""
    _filled(data, city, reports)
    from bench import duplicates as asking
    from ngoma.cities.book import book

    found = asking.measure(book(city))
    typer.echo(
        f"{found.cases:,} cases, {found.photos:,} photos, {found.found} of {asking.QUESTIONS} with "
        f"duplicates; median and p95 of a reading: {found.cpu} ms of the processor, {found.wall} ms"
    )


@app.command()
def faces(
    pictures: Annotated[Path, typer.Option(help="Directory of pictures; lfw_subset.npy too.")],
    data: Data = None,
) -> None:
    """Measure how many faces are found in pictures, and what looking costs."""
    _enter(ground(data))
    from bench import faces as looking

    if (pictures / "lfw_subset.npy").is_file():
        for each in looking.cuttings(pictures):
            typer.echo(
                f"of {each.size} pixels: {each.faces} of 100 faces, {each.others} of 100 others"
            )
    alike = looking.copies(pictures)
    typer.echo(
        f"copies of {alike.pictures} pictures: half above {alike.half:.2f}, nine of ten above "
        f"{alike.tenth:.2f}; other pairs: 99 of 100 below {alike.others:.2f}"
    )
    for one in looking.pictures(pictures):
        typer.echo(f"{one.name}: {one.pixels}, {one.areas} areas, {one.seconds} s")


@app.command()
def search(
    city: City = "seoul",
    reports: Reports = 1_000_000,
    data: Data = None,
) -> None:
    """Measure the search alone, on an index of made-up words; drops what was in --data."""
    place = ground(data)
    place.clear()
    _enter(place)
    from bench import search as searching
    from ngoma.cities.book import book_of
    from ngoma.cities.load import load
    from ngoma.settings.prepared import PACKS

    with _bar() as bar:
        task = bar.add_task(f"Words of {city}", total=reports)
        found = searching.measure(
            book_of(load(PACKS / city).pk), place.database, reports, lambda n: bar.advance(task, n)
        )
    typer.echo(tables.search(found))


@app.command()
def phone(
    city: City = "kampala", reports: Reports = 1000, data: Data = None, json: Json = None
) -> None:
    """Measure the residents' pages in a browser on a slow line. Needs the tests' packages."""
    place = _filled(data, city, reports)
    from playwright.sync_api import sync_playwright

    from bench import phone as slow
    from bench.serving import running

    with (
        running(place.url, place.data / "server.log") as server,
        sync_playwright() as playwright,
    ):
        url = f"http://localhost:{server.port}/{city}"
        found = slow.measure(playwright.chromium, url, say=err.print)
    typer.echo(tables.phone(found))
    _keep(found, json)


@app.command()
def triage(
    texts: Annotated[Path, typer.Option(help="Directory with the sets of labelled texts.")],
    only: Annotated[str, typer.Option(help="Sets with this in their name.")] = "",
) -> None:
    """Measure how well texts are read, beside simpler readers. Needs no city."""
    from bench import cold, danger, languages, privacy, tried
    from bench import triage as reading

    found = []
    for name in [each for each in reading.SETS if only in each]:
        found.append(reading.measure(texts, name))
        err.print(tables.triage(found[-1:]))
    if found:
        typer.echo(tables.triage(found))
    if only in danger.SET:
        typer.echo(tables.danger(danger.measure(texts)))
    if only == "tried":  # ten minutes, for what is not in the product
        typer.echo(tables.tried(tried.measure(texts)))
    if only == "strangers":
        typer.echo(tables.cold(cold.strangers(texts.parent / "requests")))
    if only in "cold":
        typer.echo(tables.cold(cold.measure()))
    if only in "languages":
        typer.echo(tables.languages(*languages.measure(texts)))
    if only in "privacy":
        typer.echo(tables.privacy(privacy.measure(texts)))


@app.command()
def forecast(
    requests: Annotated[Path, typer.Option(help="Directory of what cities recorded.")],
    json: Json = None,
) -> None:
    """Measure how well coming weeks are foretold. Needs no city."""
    from bench import forecast as foretelling

    found = foretelling.measure(requests, say=err.print)
    typer.echo(tables.forecast(found))
    _keep(found, json)


@app.command("bursts")
def bursts_(
    requests: Annotated[Path, typer.Option(help="Directory with the recorded requests.")],
    svg: Annotated[Path | None, typer.Option(help="Directory for the curves.")] = None,
    data: Data = None,
) -> None:
    """Measure how many planted bursts are found in recorded requests, and how many false ones."""
    _enter(ground(data))
    from bench import bursts

    found = [bursts.measure(requests, city, err.print) for city in bursts.SETS]
    typer.echo(tables.alarms(found) + "\n\n" + tables.bursts(found))
    if svg:
        (svg / "bursts-found.svg").write_text(bursts.found_curve(found), encoding="utf-8")
        (svg / "bursts-false.svg").write_text(bursts.false_curve(found), encoding="utf-8")


@app.command()
def fuzz(
    city: City = "kampala",
    reports: Reports = 2000,
    data: Data = None,
    requests: Annotated[int, typer.Option(min=1, help="How many hostile requests.")] = 100_000,
    first: Annotated[
        int, typer.Option(min=0, help="Number of the first; each is drawn by its.")
    ] = 0,
    json: Json = None,
) -> None:
    """Send hostile requests to every address; ends with 1 where one breaks anything."""
    place = _filled(data, city, reports)
    from bench import fuzz as fuzzing
    from ngoma.cities.book import book

    with _bar() as bar:
        task = bar.add_task("Requests", total=requests)
        found = fuzzing.measure(
            book(city), place.database, place.url, first, requests, lambda: bar.advance(task)
        )
    typer.echo(tables.fuzzed(found))
    _keep(found, json)
    if found.broke:
        raise typer.Exit(1)


@app.command("all")
def all_(
    reports: Reports = 100_000,
    data: Data = None,
    seconds: Seconds = 3.0,
    write: Annotated[bool, typer.Option("--write", help="Put it into docs/benchmarks.md.")] = False,
) -> None:
    """Measure everything, on SQLite and, where a server is found, on PostgreSQL."""
    parts = [tables.machine(now(), "./ngoma bench all")]
    with postgresql() as server:
        for database, url in (("SQLite", ""), ("PostgreSQL", server)):
            if url is not None:
                given = ["--reports", str(reports), *_at(data)]
                parts.append(f"## {database}, {reports:,} cases")
                parts.append(_run(url, "fill", *given))
                parts.append(_run(url, "web", *given, "--seconds", str(seconds)))
                parts.append(_run(url, "import", *given))
    parts += ["## Starting", tables.started(starting.measure())]
    text = "\n\n".join(parts)
    typer.echo(text)
    if write:
        tables.put(text, PAGE)


def _at(data: Path | None) -> list[str]:
    return ["--data", str(data)] if data else []


def _run(url: str, *arguments: str) -> str:
    """One command in a process of its own: Django speaks to one database for all its life."""
    environment = os.environ | {"DATABASE_URL": url}
    command = [sys.executable, "-m", "bench", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _filled(data: Path | None, city: str, reports: int) -> Ground:
    """The made-up city, ready to be asked; in this process too."""
    place = ground(data)
    filled = place.filled()
    if filled is None or (filled.city, filled.reports) != (city, reports):
        _fill(place, city, reports)
    else:
        _enter(place)
        from ngoma.cities.load import load
        from ngoma.settings.prepared import PACKS

        load(PACKS / city)  # it may say more than when the city was made up
    return place


def _enter(place: Ground) -> None:
    place.enter()
    # Django reads the settings that `enter` writes, and is set up once.
    from ngoma.settings.start import start as set_up

    set_up()
    from ngoma.settings import prepare

    prepare.migrate(err.print)
    prepare.collect_static(err.print)


def _fill(place: Ground, city: str, reports: int) -> Filled:
    place.clear()
    _enter(place)
    from bench import filling, staff
    from ngoma.cities.book import book_of
    from ngoma.cities.load import load
    from ngoma.insight import counting
    from ngoma.records.models import Event
    from ngoma.settings.prepared import PACKS

    book = book_of(load(PACKS / city).pk)
    clerk = staff.hire(book.id)
    with _bar() as bar:
        task = bar.add_task(f"Cases in {city}", total=reports)
        started = time.perf_counter()
        rows = filling.fill(
            book, reports, until=now(), staff=clerk.pk, advance=lambda n: bar.advance(task, n)
        )
        seconds = time.perf_counter() - started
        counts = bar.add_task("Counts", total=Event.objects.count())
        counting.rebuild(lambda done: bar.update(counts, completed=done))
    filled = Filled(city, reports, rows, seconds)
    place.remember(filled)
    return filled


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=err)


def _keep(found: msgspec.Struct, json: Path | None) -> None:
    if json:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(found)))


if __name__ == "__main__":
    app(prog_name="ngoma bench")
