"""Files that come from older systems and go to everybody."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ngoma.commands.choosing import book_of
from ngoma.commands.options import Data
from ngoma.commands.saying import out, refuse, refusing
from ngoma.commands.starting import start

app = typer.Typer()


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Open311 JSON, JSON lines or CSV; also .gz.")],
    city: Annotated[str, typer.Option(help="City to import into; else the mapping's own.")] = "",
    mapping: Annotated[str, typer.Option(help="What the columns mean: a name or file.")] = "",
    origin: Annotated[str, typer.Option(help="Name of the older system; else the mapping's.")] = "",
    rejected: Annotated[Path | None, typer.Option(help="Where to list rejected rows.")] = None,
    data: Data = None,
) -> None:
    """Take over requests of an older system; the same file again adds nothing (docs/import.md)."""
    start(data)
    from ngoma.commands.bars import bar_of_rows
    from ngoma.intake.history import importing
    from ngoma.intake.history import mapping as mappings
    from ngoma.intake.history.sources import SourceError

    known = mappings.find(mapping) if mapping else mappings.Mapping()
    known = replace(known, origin=origin[:64] or known.origin)
    with refusing(SourceError):
        book = importing.destination(known, city)
        with bar_of_rows() as bar:
            task = bar.add_task(f"Import into {book.slug}", rows=0)

            def progress(done: int, size: int, rows: int) -> None:
                bar.update(task, completed=done, total=size, rows=rows)

            found = importing.run(file, book, known, rejected=rejected, progress=progress)
    for line in importing.told(found):
        out.print(line, markup=False)
    raise typer.Exit(1 if found.rejected else 0)


@app.command()
def export(
    city: Annotated[str, typer.Option(help="City whose public data is meant.")],
    format_: Annotated[str, typer.Option("--format", help="csv, geojson or parquet.")] = "csv",
    to: Annotated[Path | None, typer.Option("--out", help="File; else standard output.")] = None,
    data: Data = None,
) -> None:
    """Write the public data of a city as CSV, GeoJSON or Parquet."""
    start(data)
    from ngoma.commands.bars import bar_of_steps
    from ngoma.insight.opendata import exporting

    book = book_of(city)
    with refusing(OSError, exporting.ExportError), bar_of_steps() as bar:
        task = bar.add_task(f"Export {city}", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        exporting.export(book, format_, to, progress)


@app.command()
def report(
    city: Annotated[str, typer.Option(help="City whose month is told.")],
    month: Annotated[str, typer.Option(help="As 2026-10.")],
    language: Annotated[str, typer.Option(help="One of the city's; else its first.")] = "",
    to: Annotated[Path | None, typer.Option("--out", help="File; else CITY-MONTH.pdf.")] = None,
    data: Data = None,
) -> None:
    """Write the monthly report of a city as a PDF for everybody: no small number stands in it."""
    start(data)
    from ngoma.base import months
    from ngoma.insight.monthly import Nothing
    from ngoma.report import making
    from ngoma.report.printing import NoFont

    book = book_of(city)
    if language and language not in book.languages:
        refuse(ValueError(f"{city} speaks {', '.join(book.languages)}, not {language}"))
    path = to or Path(f"{city}-{month}.pdf")
    try:
        path.write_bytes(making.make(book, months.read(month), language or book.languages[0]))
    except Nothing as error:
        refuse(ValueError(f"{city} {month}: {error}"))
    except (ValueError, NoFont, OSError) as error:
        refuse(error)
    out.print(str(path), markup=False)
