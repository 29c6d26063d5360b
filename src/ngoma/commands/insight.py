"""`ngoma insight`: what a city learns from its reports."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ngoma.commands.choosing import book_of, ended
from ngoma.commands.options import Data
from ngoma.commands.saying import out, refuse, refusing
from ngoma.commands.starting import start

if TYPE_CHECKING:
    from ngoma.cities.book import Book

app = typer.Typer(help="What a city learns from its reports.", no_args_is_help=True)


@app.command("forecast")
def forecast(
    city: Annotated[list[str], typer.Option(help="City to foretell; may be given again.")],
    daily: Annotated[bool, typer.Option(help="Behind whatever else runs.")] = False,
    data: Data = None,
) -> None:
    """Foretell how many reports come today and in the 13 days that follow, from those that came."""
    start(data)
    from ngoma.insight.forecast import daily as days
    from ngoma.insight.forecast import foretelling
    from ngoma.insight.forecast.history import LEAST
    from ngoma.work.apart import for_each

    if daily:
        os.nice(10)  # reports come first

    def foretell(book: "Book") -> None:
        made = foretelling.make(book, days.today(book))
        if made is None:
            told = f"there are less than {LEAST} days to learn from"
        else:
            told = f"{len(made.figures['lines']):,} lines from {made.day} on"
        out.print(f"{book.slug}: {told}", markup=False)

    ended(for_each([book_of(slug) for slug in city], foretell))


@app.command("overlay")
def overlay(
    file: Annotated[Path, typer.Argument(help="CSV with the columns date, value and text.")],
    city: Annotated[str, typer.Option(help="City whose board shows it.")],
    code: Annotated[str, typer.Option(help="Of an overlay of its pack.")],
    data: Data = None,
) -> None:
    """Lay numbers or words by day over the reports of a city: weather, events (docs/packs.md)."""
    start(data)
    from ngoma.insight import overlaying

    found = book_of(city)
    if overlaying.find(found, code) is None:
        refuse(ValueError(f"the pack of {city} has no overlay {code}: add an [[overlay]] to it"))
    with refusing(OSError, UnicodeDecodeError, overlaying.OverlayError):
        count = overlaying.keep(found, code, overlaying.read(file.read_text(encoding="utf-8")))
    out.print(f"{count} days kept", markup=False)


@app.command("nightly")
def reckon(
    city: Annotated[list[str] | None, typer.Option(help="Cities; else all.")] = None,
    quietly: Annotated[bool, typer.Option(help="As the clock does: what is due.")] = False,
    data: Data = None,
) -> None:
    """Write what changed as Parquet, reckon the figures of the city's work, publish open data."""
    start(data)
    from ngoma.cities.book import books
    from ngoma.commands.bars import bar_of_steps
    from ngoma.insight import nightly

    if quietly:
        os.nice(10)  # reports come first
    chosen = [book_of(each) for each in city] if city else books()
    with bar_of_steps() as bar:
        bar.disable = quietly
        tasks = {book.id: bar.add_task(book.slug, total=None) for book in chosen}

        def progress(book: "Book", kind: str, done: int, total: int) -> None:
            told = f"{book.slug}: {kind}"
            bar.update(tasks[book.id], description=told, completed=done, total=total)

        failed = nightly.make_each(chosen, progress, by_clock=quietly)
    ended(failed)
