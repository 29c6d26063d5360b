"""The front door: `ngoma COMMAND`. Each module of `commands/` is a few of them, or a group."""

import sys

import typer

from ngoma.cities.problems import PackError
from ngoma.commands import (
    backups,
    channels,
    cities,
    exchanging,
    insight,
    keys,
    ledger,
    mending,
    serving,
    tending,
    together,
    triage,
    users,
    webhooks,
)
from ngoma.commands.saying import err
from ngoma.settings.serve import StartError
from ngoma.settings.table import SettingError

app = typer.Typer(
    help="Ngoma: a city's civil-complaint system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
# `--help` lists them in this order.
for module in (together, serving, tending, backups, mending, exchanging):
    app.add_typer(module.app)
app.add_typer(cities.app, name="city")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(channels.app, name="channel")
app.add_typer(triage.app, name="triage")
app.add_typer(ledger.app, name="ledger")
app.add_typer(insight.app, name="insight")


def main() -> None:
    """Run the command that the arguments name; what cannot be started says why, without a trace."""
    try:
        app(prog_name="ngoma")
    except (SettingError, PackError, StartError) as error:
        err.print(f"ngoma: {error}", markup=False, style="red")
        sys.exit(1)


if __name__ == "__main__":
    main()
