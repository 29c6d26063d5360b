"""Seeing to the source and its settings: tests, measurements, values, tables."""

import os
import subprocess
import sys

import typer
from rich.markup import escape

from ngoma.commands.options import Data
from ngoma.commands.saying import err, out, refuse
from ngoma.commands.starting import start, use
from ngoma.settings.table import ROOT, read_all

app = typer.Typer()


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def test(context: typer.Context) -> None:
    """Check style, floors and types and run all tests; or pytest with the arguments given."""
    from ngoma.settings import checks

    raise typer.Exit(checks.run(context.args))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def bench(context: typer.Context) -> None:
    """Measure speed on made-up cities of the bench's own: fill, web, desk, import, start, all."""
    if not (ROOT / "bench").is_dir():
        refuse(FileNotFoundError("the bench is part of the source tree, and not installed"))
    command = [sys.executable, "-m", "bench", *context.args]
    raise typer.Exit(subprocess.call(command, env=os.environ | {"PYTHONPATH": str(ROOT)}))


@app.command()
def config(data: Data = None) -> None:
    """List the settings, their values and where each came from."""
    use(data)
    for name, value in read_all().items():
        out.print(f"[bold]{name}[/bold] = {escape(value.shown)}  [dim]({value.source})[/dim]")
        out.print(f"    {value.setting.purpose}", markup=False)


@app.command(hidden=True)
def migrate(data: Data = None) -> None:
    """Bring the tables up to date."""
    start(data)
    from ngoma.settings import prepare

    prepare.migrate(err.print)
