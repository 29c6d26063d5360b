"""What commands do first."""

import os
from pathlib import Path

from ngoma.commands.saying import refusing
from ngoma.settings import serve
from ngoma.settings.table import read_all


def use(data: Path | None) -> None:
    """Take `data` in place of NGOMA_DATA."""
    if data is not None:
        os.environ["NGOMA_DATA"] = str(data.absolute())


def start(data: Path | None) -> None:
    """Set Django up, with `data` in place of NGOMA_DATA."""
    use(data)
    from ngoma.settings.start import start

    start()


def require_tables() -> None:
    """Refuse where the tables are older than the code."""
    from ngoma.settings import prepare

    with refusing(prepare.OldTables):
        prepare.require_tables()


def web_command(host: str, port: int) -> list[str]:
    """The command of the web server of the settings."""
    values = read_all()
    counts = serve.counts_folder(values["NGOMA_DATA"].value)
    return serve.web_command(
        host, port, values["NGOMA_PROCESSES"].value, values["NGOMA_THREADS"].value, counts
    )
