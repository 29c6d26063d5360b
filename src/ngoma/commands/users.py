"""`ngoma user`: people who work with Ngoma."""

from typing import Annotated

import typer

from ngoma.commands.options import Data
from ngoma.commands.saying import out, refusing
from ngoma.commands.starting import start

app = typer.Typer(help="People who work with Ngoma.", no_args_is_help=True)


@app.command("add")
def add_user(
    name: str,
    city: Annotated[str, typer.Option(help="City to work in.")] = "",
    role: Annotated[str, typer.Option(help="agent, triager, officer, crew, supervisor …")] = "",
    department: Annotated[str, typer.Option(help="Code of a department; else all.")] = "",
    administrator: Annotated[bool, typer.Option(help="May change settings in /admin/.")] = False,
    data: Data = None,
) -> None:
    """Add somebody, and print a new password."""
    start(data)
    from ngoma.settings import staff

    with refusing(staff.StaffError):
        password = staff.add_user(
            name, city=city, role=role, department=department, administrator=administrator
        )
    out.print(f"{name}  {password}", markup=False)


@app.command("reset-factor")
def reset_factor(name: str, data: Data = None) -> None:
    """Take the second factor of somebody who lost it, and sign them out everywhere."""
    start(data)
    from ngoma.settings import staff

    with refusing(staff.StaffError):
        staff.reset_factor(name)
    out.print(f"{name} signs in by password alone, and sets a second factor up anew", markup=False)


@app.command("sign-out")
def sign_out(name: str, data: Data = None) -> None:
    """End all sessions of somebody."""
    start(data)
    from ngoma.settings import staff

    with refusing(staff.StaffError):
        count = staff.sign_out(name)
    out.print(f"{count} sessions ended", markup=False)
