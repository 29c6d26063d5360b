"""Bars of progress."""

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

from ngoma.commands.saying import err


def bar_of_steps() -> Progress:
    """Progress by number."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=err)


def bar_of_rows() -> Progress:
    """Progress by bytes of a file, told in rows."""
    rows = TextColumn("{task.fields[rows]:,} rows")
    rate = _RowsPerSecond()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), rows, rate)
    return Progress(*columns, TimeRemainingColumn(), console=err)


class _RowsPerSecond(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.fields['rows'] / task.elapsed:,.0f}/s" if task.elapsed else "")
