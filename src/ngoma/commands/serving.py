"""The processes of production."""

import os
from contextlib import suppress

import typer

from ngoma.base import tracing
from ngoma.commands.options import Data, Host, Port
from ngoma.commands.saying import err, out, refusing
from ngoma.commands.starting import require_tables, start, web_command
from ngoma.settings import serve

app = typer.Typer()


@app.command()
def web(port: Port = 8000, host: Host = "127.0.0.1", data: Data = None) -> None:
    """Serve the pages and Open311 (production)."""
    start(data)
    from ngoma.settings import prepare

    require_tables()
    prepare.collect_static(err.print)
    command = web_command(host, port)
    os.execv(command[0], command)


@app.command()
def worker(data: Data = None) -> None:
    """Run jobs and timers until stopped (production)."""
    stop = serve.stop_on_signals()
    start(data)
    tracing.begin()
    from django.db import Error

    from ngoma.ledger import keys, publishing
    from ngoma.ledger.keyfile import KeyRefused
    from ngoma.work import worker as work

    with refusing(KeyRefused, publishing.PolicyRefused):
        keys.signers()
        # A database that is away is waited for by the worker itself.
        with suppress(Error):
            publishing.policy()
    require_tables()
    work.run(stop)


@app.command()
def tick(data: Data = None) -> None:
    """Run the timers that are due, once."""
    start(data)
    tracing.begin()
    require_tables()
    from ngoma.work import timers

    for name in timers.tick():
        out.print(name)
