"""The commands: each parses, calls one function of a lower floor, and prints.

Django is set up and the rest imported inside the commands, because Django reads the settings that
options such as --data write, and because `ngoma config` need not wait for a database driver.
"""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ngoma.cities.problems import PackError
from ngoma.settings import prepared, serve
from ngoma.settings.table import ROOT, SettingError, read_all

if TYPE_CHECKING:
    from ngoma.cities.book import Book
    from ngoma.triage.catalogue import Catalogue

app = typer.Typer(
    help="Ngoma: a city's civil-complaint system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
city_app = typer.Typer(help="Cities and their packs.", no_args_is_help=True)
user_app = typer.Typer(help="People who work with Ngoma.", no_args_is_help=True)
key_app = typer.Typer(help="Keys of programs that write through Open311.", no_args_is_help=True)
channel_app = typer.Typer(help="Phones that know no pages.", no_args_is_help=True)
triage_app = typer.Typer(help="The engine that reads reports.", no_args_is_help=True)
ledger_app = typer.Typer(help="The public log of all events.", no_args_is_help=True)
app.add_typer(city_app, name="city")
app.add_typer(user_app, name="user")
app.add_typer(key_app, name="key")
app.add_typer(channel_app, name="channel")
app.add_typer(triage_app, name="triage")
app.add_typer(ledger_app, name="ledger")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Data = Annotated[Path | None, typer.Option("--data", help="Directory of database, media and keys.")]
PackDirectory = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="PACK", help="Directory of a pack.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def _start(data: Path | None) -> None:
    """Set Django up, with `data` in place of NGOMA_DATA."""
    _use(data)
    from ngoma.settings.start import start

    start()


def _use(data: Path | None) -> None:
    if data is not None:
        os.environ["NGOMA_DATA"] = str(data.absolute())


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=err)


def _bar_of_rows() -> Progress:
    """Progress by bytes of a file, told in rows."""
    rows = TextColumn("{task.fields[rows]:,} rows")
    rate = _RowsPerSecond()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), rows, rate)
    return Progress(*columns, TimeRemainingColumn(), console=err)


class _RowsPerSecond(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.fields['rows'] / task.elapsed:,.0f}/s" if task.elapsed else "")


@app.command()
def up(
    city: Annotated[list[str] | None, typer.Option(help="Cities to load; else all.")] = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    data: Data = None,
    demo: Annotated[bool, typer.Option(help="Fill with demonstration reports.")] = True,
) -> None:
    """Do all that a first run needs, then serve web and worker; Ctrl-C stops both."""
    _use(data)
    os.environ.setdefault("NGOMA_URL", f"http://localhost:{port}")
    os.environ.setdefault("NGOMA_DEMO", "yes" if demo else "no")
    welcome = prepared.welcome(city or [])
    if welcome is None:
        _start(None)
        from ngoma.settings import first_run

        welcome = first_run.prepare(city or [], demo=demo, say=err.print, bar=_bar)
        prepared.remember(city or [], welcome)

    def ready() -> None:
        out.print(f"\n[bold]Ngoma answers at {os.environ['NGOMA_URL']}[/bold]")
        for line in welcome:
            out.print(f"  {line}", markup=False)
        out.print("Ctrl-C stops it.")

    serve.run_together(_web_command(host, port), f"http://{host}:{port}/healthz", ready)


def _web_command(host: str, port: int) -> list[str]:
    values = read_all()
    return serve.web_command(
        host, port, values["NGOMA_PROCESSES"].value, values["NGOMA_THREADS"].value
    )


@app.command()
def web(port: Port = 8000, host: Host = "127.0.0.1", data: Data = None) -> None:
    """Serve the pages and Open311 (production)."""
    _start(data)
    from ngoma.settings import prepare

    prepare.collect_static(err.print)
    command = _web_command(host, port)
    os.execv(command[0], command)


@app.command()
def worker(data: Data = None) -> None:
    """Run jobs and timers until stopped (production)."""
    stop = serve.stop_on_signals()
    _start(data)
    from django.db import Error

    from ngoma.ledger import keys, publishing
    from ngoma.ledger.keyfile import KeyRefused
    from ngoma.work import worker as work

    try:
        keys.signers()
        # A database that is away is waited for by the worker itself.
        with suppress(Error):
            publishing.policy()
    except (KeyRefused, publishing.PolicyRefused) as error:
        _refuse(error)
    work.run(stop)


@app.command()
def tick(data: Data = None) -> None:
    """Run the timers that are due, once."""
    _start(data)
    from ngoma.work import timers

    for name in timers.tick():
        out.print(name)


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
        _refuse(FileNotFoundError("the bench is part of the source tree, and not installed"))
    command = [sys.executable, "-m", "bench", *context.args]
    raise typer.Exit(subprocess.call(command, env=os.environ | {"PYTHONPATH": str(ROOT)}))


@app.command()
def config(data: Data = None) -> None:
    """List the settings, their values and where each came from."""
    _use(data)
    for name, value in read_all().items():
        out.print(f"[bold]{name}[/bold] = {escape(value.shown)}  [dim]({value.source})[/dim]")
        out.print(f"    {value.setting.purpose}", markup=False)


@app.command(hidden=True)
def migrate(data: Data = None) -> None:
    """Bring the tables up to date."""
    _start(data)
    from ngoma.settings import prepare

    prepare.migrate(err.print)


@app.command()
def rebuild(data: Data = None) -> None:
    """Make anew all that is derived from events: rows of cases, the index of words, counts."""
    _start(data)
    from ngoma.casework import rebuild as cases
    from ngoma.casework import reminding
    from ngoma.insight import counting, performing, searching
    from ngoma.records.models import Case, Event

    with _bar() as bar:
        task = bar.add_task("Cases", total=Case.objects.count())
        different = cases.rebuild(lambda done: bar.update(task, completed=done))
        words = bar.add_task("Words", total=Case.objects.count())
        searching.rebuild(lambda done: bar.update(words, completed=done))
        counts = bar.add_task("Counts", total=Event.objects.count())
        counting.rebuild(lambda done: bar.update(counts, completed=done))
        figures = bar.add_task("Figures", total=Event.objects.count())
        performing.rebuild(lambda done: bar.update(figures, completed=done))
        reminders = bar.add_task("Reminders", total=Event.objects.count())
        reminding.rebuild(lambda done: bar.update(reminders, completed=done))
    out.print(f"{different} rows were different")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Open311 JSON, JSON lines or CSV; also .gz.")],
    city: Annotated[str, typer.Option(help="City to import into; else the mapping's own.")] = "",
    mapping: Annotated[str, typer.Option(help="What the columns mean: a name or file.")] = "",
    origin: Annotated[str, typer.Option(help="Name of the older system; else the mapping's.")] = "",
    rejected: Annotated[Path | None, typer.Option(help="Where to list rejected rows.")] = None,
    data: Data = None,
) -> None:
    """Take over requests of an older system; the same file again adds nothing (docs/import.md)."""
    _start(data)
    from ngoma.intake.history import importing
    from ngoma.intake.history import mapping as mappings
    from ngoma.intake.history.sources import SourceError

    known = mappings.find(mapping) if mapping else mappings.Mapping()
    known = replace(known, origin=origin[:64] or known.origin)
    try:
        book = importing.destination(known, city)
        with _bar_of_rows() as bar:
            task = bar.add_task(f"Import into {book.slug}", rows=0)

            def progress(done: int, size: int, rows: int) -> None:
                bar.update(task, completed=done, total=size, rows=rows)

            found = importing.run(file, book, known, rejected=rejected, progress=progress)
    except SourceError as error:
        _refuse(error)
    for line in importing.told(found):
        out.print(line, markup=False)
    raise typer.Exit(1 if found.rejected else 0)


@app.command()
def export(
    city: Annotated[str, typer.Option(help="City whose public data is meant.")],
    format_: Annotated[str, typer.Option("--format", help="csv, geojson or parquet.")] = "csv",
    to: Annotated[Path | None, typer.Option("--out", help="File; else standard output.")] = None,
    data: Data = None,
) -> None:
    """Write the public data of a city as CSV, GeoJSON or Parquet."""
    _start(data)
    from ngoma.cities.book import UnknownCity, book
    from ngoma.insight import export as public

    try:
        known = book(city)
        with _bar() as bar:
            rows = bar.track(public.rows(known), public.count(known), description=f"Export {city}")
            public.write(rows, format_, to)
    except UnknownCity:
        _refuse(ValueError(f"there is no city {city}"))
    except (OSError, public.ExportError) as error:
        _refuse(error)


@city_app.command("add")
def city_add(pack: PackDirectory, data: Data = None) -> None:
    """Load a pack, or what has changed in it."""
    _start(data)
    from ngoma.casework import reminding
    from ngoma.cities.load import load
    from ngoma.insight import counting

    city = load(pack)
    counting.look_again(city.pk)
    reminding.look_again(city.pk)
    out.print(f"{city.slug} is loaded")


@city_app.command("check")
def city_check(pack: PackDirectory) -> None:
    """Explain every mistake in a pack, with file and line."""
    _start(None)
    from ngoma.cities.check import check

    problems = check(pack)
    for problem in problems:
        out.print(str(problem), markup=False)
    wrong = sum(not problem.warning for problem in problems)
    if wrong:
        raise typer.Exit(1)
    out.print(f"{pack.name}: nothing wrong")


@channel_app.command("check")
def channel_check(
    city: Annotated[list[str] | None, typer.Argument(help="Cities; else all.")] = None,
    data: Data = None,
) -> None:
    """Walk through every way of a city's conversation, and name the screens that do not fit."""
    _start(data)
    from ngoma.channels.dialogue.script import script
    from ngoma.channels.dialogue.walking import screens, too_long
    from ngoma.channels.ussd import fits
    from ngoma.cities.book import books

    wrong = 0
    for book in [_book(each) for each in city] if city else books():
        found = script(book)
        if found is None:
            out.print(f"{book.slug}: no conversation (dialogue.toml)")
            continue
        long = too_long(found, fits)
        wrong += len(long)
        for screen in long:
            out.print(f"{book.slug} {screen.step} {screen.language}: too long", markup=False)
            out.print(screen.text, markup=False)
        out.print(f"{book.slug}: {sum(1 for _ in screens(found))} screens, {len(long)} too long")
    if wrong:
        raise typer.Exit(1)


@channel_app.command("mail")
def channel_mail(
    city: Annotated[str, typer.Option(help="City to which the mail was sent.")],
    data: Data = None,
) -> None:
    """Take a mail from standard input, as a mail server hands it over.

    Ends with 0 where it is taken or left, 65 where it is no mail, 75 where it may work later.
    """
    _start(data)
    from django.db import Error

    from ngoma.channels.mail.letter import Unreadable
    from ngoma.channels.mail.taking import take

    try:
        out.print(take(_book(city), sys.stdin.buffer.read()))
    except Unreadable as error:
        typer.echo(f"ngoma: {error}", err=True)
        raise typer.Exit(os.EX_DATAERR) from None
    except (Error, OSError) as error:
        typer.echo(f"ngoma: {type(error).__name__}: try again later", err=True)
        raise typer.Exit(os.EX_TEMPFAIL) from None


@channel_app.command("try")
def channel_try(
    channel: Annotated[str, typer.Argument(help="ussd")],
    city: Annotated[str, typer.Option(help="City whose conversation is meant.")],
    number: Annotated[str, typer.Option(help="Telephone number of who calls.")] = "",
    data: Data = None,
) -> None:
    """Play a conversation here. What is handed in is handed in."""
    _start(data)
    from ngoma.channels.dialogue.script import script
    from ngoma.channels.trying import play

    found = script(_book(city))
    if channel != "ussd" or found is None:
        _refuse(ValueError(f"{city} has no conversation over {channel}"))
    play(found, number, ask=lambda: input("> "), show=lambda text: out.print(text, markup=False))


@triage_app.command("read")
def triage_read(
    text: str,
    city: Annotated[str, typer.Option(help="City whose services are meant.")],
    data: Data = None,
) -> None:
    """Show what is read in a text, and why."""
    _start(data)
    from ngoma.base.clock import now
    from ngoma.triage.interface import Submission
    from ngoma.triage.reading import read
    from ngoma.triage.show import as_text

    catalogue = _catalogue(city)
    said = Submission(words=text, language=None, lat=None, lon=None, at=now(), channel="web")
    out.print(as_text(read(said, catalogue), text, catalogue), markup=False)


@triage_app.command("evaluate")
def triage_evaluate(
    test: Annotated[Path, typer.Option(help="CSV or JSON lines with text and label.")],
    train: Annotated[Path | None, typer.Option(help="Such a file to learn from before.")] = None,
    city: Annotated[str, typer.Option(help="City whose service codes are the labels.")] = "",
    json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    data: Data = None,
) -> None:
    """Measure how well a file of labelled texts is read."""
    if city:
        _start(data)
    from ngoma.triage.evaluate import evaluate

    try:
        found = evaluate(test, train=train, catalogue=_catalogue(city) if city else None)
    except (OSError, ValueError) as error:
        _refuse(error)
    out.print(found.as_json() if json else str(found), markup=False)


@triage_app.command("train")
def triage_train(
    city: Annotated[list[str], typer.Option(help="City to learn for; may be given again.")],
    nightly: Annotated[bool, typer.Option(help="Once a night, quietly.")] = False,
    data: Data = None,
) -> None:
    """Learn from the decisions of a city; what is better than before is used from then on."""
    _start(data)
    from ngoma.proposals import training

    if nightly:
        os.nice(10)  # reports come first
    for slug in city:
        rows = training.learn(_book(slug), nightly=nightly)
        for told in [training.told(row) for row in rows] or [training.NOTHING]:
            out.print(f"{slug}: {told}", markup=False)


@triage_app.command("rollback")
def triage_rollback(
    city: str,
    task: Annotated[str, typer.Option(help="service or urgency")] = "service",
    data: Data = None,
) -> None:
    """Go back to what read reports before the model in use."""
    _start(data)
    from ngoma.proposals import in_use, training

    book = _book(city)
    if task not in ("service", "urgency"):
        _refuse(ValueError(f"there is no task {task}; there are service and urgency"))
    row = training.withdraw(book, task)
    if row is None:
        _refuse(ValueError(f"{city} uses no model for that; words of its pack alone read reports"))
    number = in_use.number_in_use(book.id, task)
    before = f"learned-{number}" if number else "the pack alone"
    out.print(f"learned-{row.pk} is withdrawn; {before} reads now", markup=False)


@ledger_app.command("verify")
def ledger_verify(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A checkpoint that somebody kept."),
    ] = None,
    processes: Annotated[int, typer.Option(min=0, help="0: one for each processor.")] = 0,
    data: Data = None,
) -> None:
    """Check the whole log against the database; ends with 1 where anything is not as it was."""
    _start(data)
    from ngoma.ledger.verifying import verify
    from ngoma.tlog.note import Note
    from ngoma.tlog.refusal import Refused

    try:
        kept = [Note.parse(path.read_bytes()) for path in checkpoint or ()]
    except Refused as error:
        _refuse(error)
    with _bar() as bar:
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
        _refuse(
            ValueError(f"{len(found.problems):,} problems, first entry {found.problems[0].index:,}")
        )
    out.print("Nothing was altered, deleted, added or backdated.")


MOST_PROBLEMS = 20
"""Told by `ledger verify`."""


@ledger_app.command("proof")
def ledger_proof(
    reference: Annotated[str, typer.Argument(help="Of a report.")], data: Data = None
) -> None:
    """Print the receipt of a report, with all that it opens."""
    _start(data)
    from ngoma.base import references
    from ngoma.ledger import receipts
    from ngoma.records.models import Report

    try:
        meant = references.read(reference)
    except references.BadReference as error:
        _refuse(error)
    report = Report.objects.filter(reference=meant).first()
    if report is None:
        _refuse(ValueError(f"there is no report {meant}"))
    entry = receipts.of_report(report.pk)
    found = receipts.receipt(entry) if entry else None
    if found is None:
        _refuse(ValueError(f"{meant} is not in the log yet: the worker seals it within seconds"))
    sys.stdout.buffer.write(found)


@ledger_app.command("key")
def ledger_key(
    rotate: Annotated[bool, typer.Option(help="Make a key that takes over.")] = False,
    retire: Annotated[bool, typer.Option(help="Take the oldest of several keys away.")] = False,
    data: Data = None,
) -> None:
    """Show the keys that sign the log, and make the first."""
    _start(data)
    from ngoma.ledger import keys
    from ngoma.ledger.keyfile import KeyRefused

    try:
        if rotate:
            keys.rotate()
        if retire:
            out.print(f"taken away: {keys.retire()}", markup=False)
        for key in keys.signers():
            out.print(str(key.verifier), markup=False)
    except KeyRefused as error:
        _refuse(error)
    err.print(f"The key lies in {keys.path()}: keep a copy where nobody else can read it.")


@ledger_app.command("witness")
def ledger_witness(
    log: Annotated[list[str] | None, typer.Option(help="vkey of a log to witness.")] = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    data: Data = None,
) -> None:
    """Be a witness of others' logs: cosign what they publish, as long as it only grows."""
    _use(data)
    from ngoma.settings import witness

    witness.remember(log or [])
    _start(None)
    from ngoma.ledger import witnessing
    from ngoma.ledger.keyfile import KeyRefused
    from ngoma.settings import prepare

    try:
        prepare.migrate(err.print)
        out.print(f"witness {witnessing.cosigner().witness}", markup=False)
        for origin in witnessing.logs():
            out.print(f"  of {origin}", markup=False)
    except (KeyRefused, witnessing.LogsRefused) as error:
        _refuse(error)
    command = _web_command(host, port)
    os.execv(command[0], command)


def _book(city: str) -> "Book":
    from ngoma.cities.book import UnknownCity, book

    try:
        return book(city)
    except UnknownCity:
        _refuse(ValueError(f"there is no city {city}; add one by: ngoma city add PACK"))


def _catalogue(city: str) -> "Catalogue":
    from ngoma.proposals.catalogues import catalogue

    return catalogue(_book(city))


@user_app.command("add")
def user_add(
    name: str,
    city: Annotated[str, typer.Option(help="City to work in.")] = "",
    role: Annotated[str, typer.Option(help="agent, triager, officer, crew, supervisor …")] = "",
    department: Annotated[str, typer.Option(help="Code of a department; else all.")] = "",
    administrator: Annotated[bool, typer.Option(help="May change settings in /admin/.")] = False,
    data: Data = None,
) -> None:
    """Add somebody, and print a new password."""
    _start(data)
    from ngoma.settings import staff

    try:
        password = staff.add_user(
            name, city=city, role=role, department=department, administrator=administrator
        )
    except staff.StaffError as error:
        _refuse(error)
    out.print(f"{name}  {password}", markup=False)


@user_app.command("reset-factor")
def user_reset_factor(name: str, data: Data = None) -> None:
    """Take the second factor of somebody who lost it, and sign them out everywhere."""
    _start(data)
    from ngoma.settings import staff

    try:
        staff.reset_factor(name)
    except staff.StaffError as error:
        _refuse(error)
    out.print(f"{name} signs in by password alone, and sets a second factor up anew", markup=False)


@user_app.command("sign-out")
def user_sign_out(name: str, data: Data = None) -> None:
    """End all sessions of somebody."""
    _start(data)
    from ngoma.settings import staff

    try:
        count = staff.sign_out(name)
    except staff.StaffError as error:
        _refuse(error)
    out.print(f"{count} sessions ended", markup=False)


@key_app.command("add")
def key_add(
    name: Annotated[str, typer.Argument(help="Of the program, at most 80 characters.")],
    city: Annotated[str, typer.Option(help="City it may write in.")],
    updates: Annotated[bool, typer.Option(help="May tell what was done with requests.")] = False,
    days: Annotated[int, typer.Option(min=0, help="Days until it ends; 0: never.")] = 0,
    data: Data = None,
) -> None:
    """Add a key of a program, and print it: it is shown once."""
    _start(data)
    from ngoma.settings import staff

    try:
        key = staff.add_key(name, city=city, updates=updates, days=days)
    except staff.StaffError as error:
        _refuse(error)
    out.print(f"{name}  {key}", markup=False)


def _refuse(error: Exception) -> NoReturn:
    err.print(str(error), markup=False, style="red")
    raise typer.Exit(1)


def main() -> None:
    """Run the command that the arguments name; what cannot be started says why, without a trace."""
    try:
        app(prog_name="ngoma")
    except (SettingError, PackError, serve.StartError) as error:
        err.print(f"ngoma: {error}", markup=False, style="red")
        sys.exit(1)


if __name__ == "__main__":
    main()
