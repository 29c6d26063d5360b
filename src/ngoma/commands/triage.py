"""`ngoma triage`: the engine that reads reports."""

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
    from ngoma.triage.catalogue import Catalogue

app = typer.Typer(help="The engine that reads reports.", no_args_is_help=True)


@app.command("read")
def read_text(
    text: str,
    city: Annotated[str, typer.Option(help="City whose services are meant.")],
    data: Data = None,
) -> None:
    """Show what is read in a text, and why."""
    start(data)
    from ngoma.base.clock import now
    from ngoma.triage.interface import Submission
    from ngoma.triage.reading import read
    from ngoma.triage.show import as_text

    catalogue = _catalogue(city)
    said = Submission(words=text, language=None, lat=None, lon=None, at=now(), channel="web")
    out.print(as_text(read(said, catalogue), text, catalogue), markup=False)


@app.command("evaluate")
def evaluate_file(
    test: Annotated[Path, typer.Option(help="CSV or JSON lines with text and label.")],
    train: Annotated[Path | None, typer.Option(help="Such a file to learn from before.")] = None,
    city: Annotated[str, typer.Option(help="City whose service codes are the labels.")] = "",
    json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    data: Data = None,
) -> None:
    """Measure how well a file of labelled texts is read."""
    if city:
        start(data)
    from ngoma.triage.evaluate import evaluate

    with refusing(OSError, ValueError):
        found = evaluate(test, train=train, catalogue=_catalogue(city) if city else None)
    out.print(found.as_json() if json else str(found), markup=False)


@app.command("train")
def train(
    city: Annotated[list[str], typer.Option(help="City to learn for; may be given again.")],
    nightly: Annotated[bool, typer.Option(help="Once a night, quietly.")] = False,
    data: Data = None,
) -> None:
    """Learn from the decisions of a city; what is better than before is used from then on."""
    start(data)
    from ngoma.proposals import training
    from ngoma.work.apart import for_each

    if nightly:
        os.nice(10)  # reports come first

    def learn(book: "Book") -> None:
        rows = training.learn(book, nightly=nightly)
        for told in [training.told(row) for row in rows] or [training.NOTHING]:
            out.print(f"{book.slug}: {told}", markup=False)

    ended(for_each([book_of(slug) for slug in city], learn))


@app.command("rollback")
def rollback(
    city: str,
    task: Annotated[str, typer.Option(help="service, urgency or same")] = "service",
    data: Data = None,
) -> None:
    """Go back to what read reports before the model in use."""
    start(data)
    from ngoma.proposals import in_use, training

    book = book_of(city)
    if task not in ("service", "urgency", "same"):
        refuse(ValueError(f"there is no task {task}; there are service, urgency and same"))
    row = training.withdraw(book, task)
    if row is None:
        refuse(ValueError(f"{city} uses no model for that; words of its pack alone read reports"))
    number = in_use.number_in_use(book.id, task)
    before = f"learned-{number}" if number else "the pack alone"
    out.print(f"learned-{row.pk} is withdrawn; {before} reads now", markup=False)


def _catalogue(city: str) -> "Catalogue":
    from ngoma.proposals.catalogues import catalogue

    return catalogue(book_of(city))
