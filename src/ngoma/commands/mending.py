"""Finding what ails an installation, and making it whole."""

from typing import Annotated

import typer

from ngoma.commands.options import Data
from ngoma.commands.saying import out, refuse
from ngoma.commands.starting import start

app = typer.Typer()


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="All findings as JSON.")] = False,
    data: Data = None,
) -> None:
    """Look at computer and installation, and say what to do; ends with 1 where something is ill."""
    start(data)
    from ngoma.doctor import telling
    from ngoma.doctor.examining import examine

    found = list(examine())
    for line in telling.as_json(found) if json else telling.lines(found):
        out.print(line, markup=False)
    raise typer.Exit(1 if any(each.how == "ill" for each in found) else 0)


@app.command()
def rebuild(data: Data = None) -> None:
    """Make anew all that is derived from events: rows of cases, the index of words, counts."""
    start(data)
    from ngoma.casework import rebuild as cases
    from ngoma.casework import reminding
    from ngoma.commands.bars import bar_of_steps
    from ngoma.insight import arriving, counting, performing, searching
    from ngoma.records.models import Case, Event

    with bar_of_steps() as bar:
        task = bar.add_task("Cases", total=Case.objects.count())
        different = cases.rebuild(lambda done: bar.update(task, completed=done))
        words = bar.add_task("Words", total=Case.objects.count())
        searching.rebuild(lambda done: bar.update(words, completed=done))
        counts = bar.add_task("Counts", total=Event.objects.count())
        counting.rebuild(lambda done: bar.update(counts, completed=done))
        figures = bar.add_task("Figures", total=Event.objects.count())
        performing.rebuild(lambda done: bar.update(figures, completed=done))
        arrivals = bar.add_task("Arrivals", total=Event.objects.count())
        arriving.rebuild(lambda done: bar.update(arrivals, completed=done))
        reminders = bar.add_task("Reminders", total=Event.objects.count())
        reminding.rebuild(lambda done: bar.update(reminders, completed=done))
    out.print(f"{different} rows were different")
    _tell_parked()


@app.command()
def retry(data: Data = None) -> None:
    """Try again what was given up: parked jobs, and cases that readers of events failed with."""
    start(data)
    from ngoma.work import reading, worker

    out.print(f"{worker.take_up_parked()} parked jobs will run again")
    before, left = reading.try_all_again()
    out.print(f"{before - left} of {before} parked cases are done")
    _tell_parked()


def _tell_parked() -> None:
    """End with 1 where something is parked still, and say where to look."""
    from ngoma.records.models import Parked

    if count := Parked.objects.count():
        refuse(RuntimeError(f"{count} parked: /admin/records/parked/ tells of each what failed"))
