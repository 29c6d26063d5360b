"""`ngoma city`: cities and their packs."""

import typer

from ngoma.commands.options import Data, PackDirectory
from ngoma.commands.saying import out
from ngoma.commands.starting import start

app = typer.Typer(help="Cities and their packs.", no_args_is_help=True)


@app.command("add")
def add_city(pack: PackDirectory, data: Data = None) -> None:
    """Load a pack, or what has changed in it."""
    start(data)
    from ngoma.casework import reminding
    from ngoma.cities.load import load
    from ngoma.insight import counting

    city = load(pack)
    counting.look_again(city.pk)
    reminding.look_again(city.pk)
    out.print(f"{city.slug} is loaded")


@app.command("check")
def check_city(pack: PackDirectory) -> None:
    """Explain every mistake in a pack, with file and line."""
    start(None)
    from ngoma.cities.check import check

    problems = check(pack)
    for problem in problems:
        out.print(str(problem), markup=False)
    wrong = sum(not problem.warning for problem in problems)
    if wrong:
        raise typer.Exit(1)
    out.print(f"{pack.name}: nothing wrong")
