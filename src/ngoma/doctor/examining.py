"""All that the doctor looks at, in the order in which it is told."""

from collections.abc import Callable, Iterator

import structlog
from django.db import Error, connection

from ngoma.doctor import data, machine, others, web, work
from ngoma.doctor.finding import Finding, ill

log = structlog.get_logger(__name__)

Look = Callable[[], Iterator[Finding]]

ALONE: tuple[Look, ...] = (
    machine.python,
    machine.disks,
    machine.rights,
    machine.clock,
    machine.programs,
    machine.units,
    web.address,
    web.deployment,
    web.certificate,
    web.photos,
)
WITH_TABLES: tuple[Look, ...] = (
    data.clock,
    data.size,
    web.faces,
    machine.fonts,
    work.worker,
    work.readers,
    work.jobs,
    work.notices,
    work.ledger,
    work.kept,
    others.mailbox,
    others.bodies,
)
"""What needs tables that are those of this code."""


def examine() -> Iterator[Finding]:
    """Look at everything; what cannot be looked at is a finding, too."""
    for look in ALONE:
        yield from _safely(look)
    try:
        connection.ensure_connection()
    except Error as error:
        do = "is it running, and is DATABASE_URL right? systemctl status postgresql"
        yield ill("database", f"does not answer: {_first_line(error)}", do)
        return
    yield from _safely(data.settings)
    tables = list(_safely(data.migrations))
    yield from tables
    if all(each.how == "well" for each in tables):
        for look in WITH_TABLES:
            yield from _safely(look)


def _safely(look: Look) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as error:
        what = look.__name__.replace("_", " ")
        yield ill(what, f"cannot be looked at: {type(error).__name__}", "look at the log")
        log.debug("doctor failed", look=what, exc_info=True)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
