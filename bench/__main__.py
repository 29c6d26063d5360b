"""The commands of the bench: `./ngoma bench NAME`."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import tables
from bench.ground import Filled, Ground, ground

app = typer.Typer(no_args_is_help=True, add_completion=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)

City = Annotated[str, typer.Option(help="Slug of a shipped pack.")]
Reports = Annotated[int, typer.Option(min=1, help="How many cases to make up.")]
Data = Annotated[Path | None, typer.Option("--data", help="Directory of the bench's own data.")]


@app.callback()
def main() -> None:
    """Measure Ngoma."""


@app.command()
def fill(city: City = "kampala", reports: Reports = 100_000, data: Data = None) -> None:
    """Make up a city's years, anew."""
    filled = _fill(ground(data), city, reports)
    typer.echo(
        f"{filled.reports} cases, {filled.rows} rows in {filled.seconds:.1f} s: "
        f"{filled.reports / filled.seconds:.0f} cases/s, {filled.rows / filled.seconds:.0f} rows/s"
    )


@app.command()
def web(
    city: City = "kampala",
    reports: Reports = 100_000,
    data: Data = None,
    seconds: Annotated[float, typer.Option(help="How long each page is asked for.")] = 4.0,
    only: Annotated[str, typer.Option(help="Pages with this in their name.")] = "",
    json: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
) -> None:
    """Measure the pages under load; makes the city up if it is not there."""
    place = ground(data)
    filled = place.filled()
    if filled is None or (filled.city, filled.reports) != (city, reports):
        _fill(place, city, reports)
    place.enter()
    _start()
    from bench import web as pages
    from ngoma.cities.book import book

    found = pages.measure(
        book(city), place.database, place.url, seconds=seconds, only=only, say=err.print
    )
    typer.echo(tables.web(found))
    if json:
        json.write_bytes(msgspec.json.encode(found))


def _start() -> None:
    # Django reads the settings that `Ground.enter` writes, and is set up once.
    from ngoma.settings.start import start

    start()


def _fill(place: Ground, city: str, reports: int) -> Filled:
    place.enter()
    place.clear()
    _start()
    from bench import filling, staff
    from ngoma.base.clock import now
    from ngoma.cities.book import book_of
    from ngoma.cities.load import load
    from ngoma.settings import prepare
    from ngoma.settings.prepared import PACKS

    prepare.migrate(err.print)
    prepare.collect_static(err.print)
    book = book_of(load(PACKS / city).pk)
    clerk = staff.hire(book.id)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err) as bar:
        task = bar.add_task(f"Cases in {city}", total=reports)
        started = time.perf_counter()
        rows = filling.fill(
            book, reports, until=now(), staff=clerk.pk, advance=lambda n: bar.advance(task, n)
        )
        seconds = time.perf_counter() - started
    filled = Filled(city, reports, rows, seconds)
    place.remember(filled)
    return filled


if __name__ == "__main__":
    app(prog_name="ngoma bench")
