"""The database: does it answer, is it set up as it should be, are its tables those of this code."""

from collections.abc import Iterator

from django.db import connection

from ngoma.base.clock import now
from ngoma.doctor.finding import Finding, ill, note, well
from ngoma.records.sql import health
from ngoma.records.sql.versions import difference

OLDEST = {"sqlite": (3, 37), "postgresql": (14, 0)}
MOST_APART = 2.0
"""Seconds between the clock here and that of the database's server."""


def settings() -> Iterator[Finding]:
    """Version, and what has to be set."""
    version = health.version()
    says = f"{connection.display_name} {'.'.join(map(str, version))}"
    least = OLDEST[connection.vendor]
    if version[: len(least)] < least:
        yield ill("database", says, f"install {'.'.join(map(str, least))} or newer")
    else:
        yield well("database", says)
    for what, there, wanted, do in health.wrong_settings():
        yield ill("database", f"{what} is {there}, not {wanted}", do)


def migrations() -> Iterator[Finding]:
    """Whether the tables are those of this code."""
    missing, unknown = difference()
    newer = [name for app, name in unknown if app == "records"]
    if newer:
        do = "the database is of a newer Ngoma: put that one's source here"
        yield ill("tables", f"{newer[-1]} is not known here", do)
    elif missing:
        yield ill("tables", f"{len(missing)} steps behind this code", "ngoma migrate")
    else:
        yield well("tables", "those of this code")


def clock() -> Iterator[Finding]:
    """The clock here against that of the database."""
    apart = abs((health.moment() - now()).total_seconds())
    if apart > MOST_APART:
        do = "have both kept by NTP: dates, codes and the ledger go by them"
        yield ill("clocks", f"{apart:,.0f} s between here and the database", do)
    else:
        yield well("clocks", "the database has the same time")


def size() -> Iterator[Finding]:
    """What is to be tidied up."""
    journal = health.journal_bytes()
    if journal > health.LARGE_JOURNAL:
        yield note(
            "database",
            f"its journal has {journal / 1e6:,.0f} MB",
            "something has read for a long time: restart ngoma-web and ngoma-worker",
        )
