"""Web and worker in one: a first run, and a replay of what an older system recorded."""

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ngoma.commands.options import Data, Host, Port
from ngoma.commands.saying import err, out, refuse, refusing
from ngoma.commands.starting import start, use, web_command
from ngoma.settings import prepared, serve

app = typer.Typer()


@app.command()
def up(
    city: Annotated[list[str] | None, typer.Option(help="Cities to load; else all.")] = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    data: Data = None,
    demo: Annotated[bool, typer.Option(help="Fill with demonstration reports.")] = True,
) -> None:
    """Do all that a first run needs, then serve web and worker; Ctrl-C stops both."""
    use(data)
    os.environ.setdefault("NGOMA_URL", f"http://localhost:{port}")
    os.environ.setdefault("NGOMA_DEMO", "yes" if demo else "no")
    welcome = prepared.welcome(city or [])
    if welcome is None:
        start(None)
        from ngoma.commands.bars import bar_of_steps
        from ngoma.settings import first_run

        welcome = first_run.prepare(city or [], demo=demo, say=err.print, bar=bar_of_steps)
        prepared.remember(city or [], welcome)

    def ready() -> None:
        out.print(f"\n[bold]Ngoma answers at {os.environ['NGOMA_URL']}[/bold]")
        for line in welcome:
            out.print(f"  {line}", markup=False)
        out.print("Ctrl-C stops it.")

    serve.run_together(web_command(host, port), f"http://{host}:{port}/readyz", ready)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Requests of an older system, as for import.")],
    data: Annotated[Path, typer.Option("--data", help="A new directory for what is replayed.")],
    mapping: Annotated[str, typer.Option(help="What the columns mean: a name or file.")],
    begin: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Day on which it begins.")
    ],
    speed: Annotated[float, typer.Option(min=1, help="How many times as fast.")] = 1000,
    port: Port = 8000,
    host: Host = "127.0.0.1",
) -> None:
    """Let recorded requests happen again, before one's eyes and faster; Ctrl-C ends it."""
    if data.exists() and any(data.iterdir()):
        refuse(ValueError(f"{data} is not empty: a replay begins anew, in a directory of its own"))
    os.environ |= {"NGOMA_URL": f"http://localhost:{port}", "NGOMA_DEMO": "yes"}
    start(data)
    from ngoma.commands.bars import bar_of_rows, bar_of_steps
    from ngoma.intake.history import mapping as mappings
    from ngoma.intake.history.sources import SourceError
    from ngoma.settings import demo
    from ngoma.settings import replay as replaying

    known = mappings.find(mapping)
    with refusing(SourceError):
        book = replaying.stage(known, err.print)
        begins = begin.replace(tzinfo=book.zone)
        with bar_of_rows() as bar:
            task = bar.add_task(f"What was before {begin:%Y-%m-%d}", rows=0)

            def progress(done: int, size: int, rows: int) -> None:
                bar.update(task, completed=done, total=size, rows=rows)

            moments = replaying.past(file, book, known, begins, progress)
    err.print("Counting what was before")
    replaying.catch_up(book, begins)
    replaying.set_clock(begins, speed)

    def play() -> None:
        with bar_of_steps() as bar:
            task = bar.add_task(f"Replay at {speed:g} × speed", total=len(moments))
            replaying.play(book, known, moments, lambda done: bar.update(task, completed=done))

    def ready() -> None:
        board = f"{os.environ['NGOMA_URL']}/desk/{book.slug}/situation/"
        out.print(f"\n[bold]The board: {board}[/bold]")
        for line in demo.logins():
            out.print(f"  {line}", markup=False)
        out.print("Ctrl-C stops it.")
        threading.Thread(target=play, daemon=True).start()

    serve.run_together(web_command(host, port), f"http://{host}:{port}/readyz", ready)
