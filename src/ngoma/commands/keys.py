"""`ngoma key`: keys of programs that write through Open311."""

from typing import Annotated

import typer

from ngoma.commands.options import Data, Hours
from ngoma.commands.saying import out, refusing
from ngoma.commands.starting import start

app = typer.Typer(help="Keys of programs that write through Open311.", no_args_is_help=True)


@app.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Of the program, at most 80 characters.")],
    city: Annotated[str, typer.Option(help="City it may write in.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="report (the default), updates; or messages")
    ] = None,
    days: Annotated[int, typer.Option(min=0, help="Days until it ends; 0: never.")] = 0,
    url: Annotated[str, typer.Option(help="Where a bridge takes what is said: https://…")] = "",
    data: Data = None,
) -> None:
    """Add a key of a program, and print it: it is shown once."""
    start(data)
    from ngoma.settings import staff

    with refusing(staff.StaffError):
        key = staff.add_key(name, city=city, scopes=scope or ["report"], days=days, url=url)
    out.print(f"{name}  {key}", markup=False)


@app.command("rotate")
def rotate_key(
    name: str,
    city: Annotated[str, typer.Option(help="Of several keys of this name, that of a city.")] = "",
    hours: Hours = 24,
    data: Data = None,
) -> None:
    """Give a program another key, and print it: it is shown once."""
    start(data)
    from ngoma.settings import staff

    with refusing(staff.StaffError):
        key = staff.rotate_key(name, city=city, hours=hours)
    out.print(f"{name}  {key}", markup=False)


@app.command("list")
def list_keys(data: Data = None) -> None:
    """List the keys of programs: what each may, and on which day it was last shown."""
    start(data)
    from ngoma.settings import staff

    for line in staff.keys_told():
        out.print(line, markup=False)
