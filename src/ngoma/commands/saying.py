"""What commands print: results and refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
"""Results."""
err = Console(stderr=True, highlight=False, soft_wrap=True)
"""What is said about them."""


def refuse(error: Exception) -> NoReturn:
    """Say what is wrong in a line, and end with 1."""
    err.print(str(error), markup=False, style="red")
    raise typer.Exit(1)


@contextmanager
def refusing(*kinds: type[Exception]) -> Iterator[None]:
    """Refuse where an error of these kinds is raised inside."""
    try:
        yield
    except kinds as error:
        refuse(error)
