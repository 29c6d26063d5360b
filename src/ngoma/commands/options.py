"""Options that many commands have."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="Directory of database, media and keys.")]
PackDirectory = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="PACK", help="Directory of a pack.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Hours = Annotated[int, typer.Option(min=0, help="How long the present one counts as well.")]
