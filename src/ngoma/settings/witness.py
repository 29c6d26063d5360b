"""An installation that is a witness and nothing else: which logs."""

import os
from collections.abc import Sequence
from pathlib import Path

from ngoma.settings.table import read_all

FILE = "witnessed.txt"


def remember(vkeys: Sequence[str]) -> None:
    """Add logs to those that are witnessed.

    They are kept in the data directory, so that the next start need not name them.
    """
    values = read_all()
    folder: Path = values["NGOMA_DATA"].value
    file = Path(values["NGOMA_WITNESS_LOGS"].value or folder / FILE)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = file.read_text(encoding="utf-8").split() if file.exists() else []
    lines = dict.fromkeys([*known, *vkeys])
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.environ["NGOMA_WITNESS_LOGS"] = str(file)
