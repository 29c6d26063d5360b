"""`ngoma ledger`: the public log of all events."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ngoma.commands.options import Data, Host, Port
from ngoma.commands.saying import err, out, refuse, refusing
from ngoma.commands.starting import start, use, web_command

app = typer.Typer(help="The public log of all events.", no_args_is_help=True)

MOST_PROBLEMS = 20
"""Told by `ledger verify`."""


@app.command("verify")
def verify_log(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A checkpoint that somebody kept."),
    ] = None,
    processes: Annotated[int, typer.Option(min=0, help="0: one for each processor.")] = 0,
    data: Data = None,
) -> None:
    """Check the whole log against the database; ends with 1 where anything is not as it was."""
    start(data)
    from ngoma.commands.bars import bar_of_steps
    from ngoma.ledger.verifying import verify
    from ngoma.tlog.note import Note
    from ngoma.tlog.refusal import Refused

    with refusing(Refused):
        kept = [Note.parse(path.read_bytes()) for path in checkpoint or ()]
    with bar_of_steps() as bar:
        task = bar.add_task("Entries", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        found = verify(progress, kept=kept, processes=processes or None)
    out.print(
        f"{found.entries:,} entries, {found.events:,} events, {found.checkpoints:,} checkpoints; "
        f"{found.late:,} recorded late, {found.erased:,} fields erased, {found.waiting:,} waiting"
    )
    for problem in found.problems[:MOST_PROBLEMS]:
        out.print(f"entry {problem.index:,}: {problem.what}", markup=False)
    if found.problems:
        refuse(
            ValueError(f"{len(found.problems):,} problems, first entry {found.problems[0].index:,}")
        )
    out.print("Nothing was altered, deleted, added or backdated.")


@app.command("proof")
def print_proof(
    reference: Annotated[str, typer.Argument(help="Of a report.")], data: Data = None
) -> None:
    """Print the receipt of a report, with all that it opens."""
    start(data)
    from ngoma.base import references
    from ngoma.ledger import receipts
    from ngoma.records.models import Report

    with refusing(references.BadReference):
        meant = references.read(reference)
    report = Report.objects.filter(reference=meant).first()
    if report is None:
        refuse(ValueError(f"there is no report {meant}"))
    entry = receipts.of_report(report.pk)
    found = receipts.receipt(entry) if entry else None
    if found is None:
        refuse(ValueError(f"{meant} is not in the log yet: the worker seals it within seconds"))
    sys.stdout.buffer.write(found)


@app.command("key")
def show_keys(
    rotate: Annotated[bool, typer.Option(help="Make a key that takes over.")] = False,
    retire: Annotated[bool, typer.Option(help="Take the oldest of several keys away.")] = False,
    data: Data = None,
) -> None:
    """Show the keys that sign the log, and make the first."""
    start(data)
    from ngoma.ledger import keys
    from ngoma.ledger.keyfile import KeyRefused

    with refusing(KeyRefused):
        if rotate:
            keys.rotate()
        if retire:
            out.print(f"taken away: {keys.retire()}", markup=False)
        for key in keys.signers():
            out.print(str(key.verifier), markup=False)
    err.print(f"The key lies in {keys.path()}: keep a copy where nobody else can read it.")


@app.command("witness")
def be_witness(
    log: Annotated[list[str] | None, typer.Option(help="vkey of a log to witness.")] = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    data: Data = None,
) -> None:
    """Be a witness of others' logs: cosign what they publish, as long as it only grows."""
    use(data)
    from ngoma.settings import witness

    witness.remember(log or [])
    start(None)
    from ngoma.ledger import witnessing
    from ngoma.ledger.keyfile import KeyRefused
    from ngoma.settings import prepare

    with refusing(KeyRefused, witnessing.LogsRefused):
        prepare.migrate(err.print)
        out.print(f"witness {witnessing.cosigner().witness}", markup=False)
        for origin in witnessing.logs():
            out.print(f"  of {origin}", markup=False)
    command = web_command(host, port)
    os.execv(command[0], command)
