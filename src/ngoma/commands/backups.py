"""Keeping everything elsewhere, and bringing it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ngoma.commands.options import Data
from ngoma.commands.saying import err, out, refuse, refusing
from ngoma.commands.starting import start
from ngoma.settings.table import read_all

app = typer.Typer()


@app.command()
def backup(
    init: Annotated[bool, typer.Option(help="Make the repository and its password first.")] = False,
    quietly: Annotated[bool, typer.Option(help="As the clock does, behind all else.")] = False,
    data: Data = None,
) -> None:
    """Keep database, photos and keys elsewhere, encrypted, while everything runs."""
    start(data)
    from ngoma.backup import making, runs

    with _in_turn(quietly):
        if init and runs.repository().begin():
            err.print(f"The password of the backups is in {runs.password_file()}.", markup=False)
            err.print("Keep a copy elsewhere: without it nobody can read them, not even you.")
        made = making.make()
    size, added = (made.size or 0) / 1e6, (made.added or 0) / 1e6
    out.print(f"{made.snapshot}: {size:,.1f} MB, of which {added:,.1f} MB are new", markup=False)


@app.command()
def restore(
    data: Annotated[Path, typer.Option("--data", help="A new directory, for what comes back.")],
    snapshot: Annotated[str, typer.Option(help="How its id begins, or latest.")] = "latest",
    json: Annotated[bool, typer.Option("--json", help="The verdict as JSON.")] = False,
) -> None:
    """Bring a backup back into a new place, check all of it, and hold back what may be told."""
    values = read_all()
    password = values["NGOMA_BACKUP_PASSWORD_FILE"].value
    kept = Path(password or values["NGOMA_DATA"].value / "keys" / "backup")
    from ngoma.backup.restic import Refused, Repository

    repository = Repository(str(values["NGOMA_BACKUP_REPOSITORY"].value), kept)
    from ngoma.backup import unpacking

    with refusing(Refused, OSError), unpacking.into(data):
        about = unpacking.unpack(repository, snapshot, data)
        start(data)
        from ngoma.backup import restoring

        restoring.put_in_place(about, data)
        restoring.settle(about)
    from ngoma.backup.checking import check

    found = check(about.at)
    if json:
        out.print(found.as_json(), markup=False)
    else:
        for line in (*found.lines(), "", *found.advice()):
            out.print(line, markup=False)
    raise typer.Exit(0 if found.good else 1)


@app.command()
def drill(
    quietly: Annotated[bool, typer.Option(help="As the clock does, behind all else.")] = False,
    data: Data = None,
) -> None:
    """Restore the newest backup into a place of its own, check it, and throw it away."""
    start(data)
    from ngoma.backup import trying

    with _in_turn(quietly):
        row, verdict = trying.try_newest()
    out.print(f"{row.snapshot[:8]}, copied {verdict.copied_at[:16]}:", markup=False)
    for line in verdict.lines():
        out.print(line, markup=False)


@contextmanager
def _in_turn(quietly: bool) -> Iterator[None]:
    """As the clock does where `quietly`: then one that runs already is no reason to complain."""
    from ngoma.backup import runs
    from ngoma.backup.restic import Refused

    if quietly:
        runs.nice()
    try:
        yield
    except runs.Busy as error:
        if quietly:
            raise typer.Exit(0) from None
        refuse(error)
    except Refused as error:
        refuse(error)


@app.command()
def release(
    send: Annotated[bool, typer.Option("--send", help="Send what was held back.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="End it unsent.")] = False,
    data: Data = None,
) -> None:
    """After a restore, see what is held back, and let ledger and messages go on."""
    start(data)
    from ngoma.backup import releasing
    from ngoma.records.queries.backups import restoration

    restored = restoration()
    if restored is None:
        refuse(ValueError("nothing is held back: this installation was not restored"))
    if send and drop:
        refuse(ValueError("say --send or --drop, not both"))
    if send or drop:
        count = releasing.release(send=send)
        out.print(f"{count:,} {'go out' if send else 'were dropped'}; the ledger goes on")
        return
    out.print(f"Since the restore of the copy of {restored.copied_at:%Y-%m-%d %H:%M} UTC:")
    for kind, number in sorted(releasing.held().items()):
        out.print(f"  {number:,} × {kind}", markup=False)
    out.print("They may have been sent before. ngoma release --send, or --drop, lets all go on.")
