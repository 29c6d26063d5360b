"""What the doctor finds: one thing that was looked at, how it is, and what to do about it."""

from enum import StrEnum

import msgspec


class How(StrEnum):
    """How a thing is."""

    WELL = "well"
    NOTE = "note"
    """Nothing is broken, and somebody should know."""
    ILL = "ill"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    how: How
    says: str
    do: str = ""
    """What to do; empty where all is well."""


def well(what: str, says: str) -> Finding:
    """All is well."""
    return Finding(what, How.WELL, says)


def note(what: str, says: str, do: str) -> Finding:
    """Nothing is broken."""
    return Finding(what, How.NOTE, says, do)


def ill(what: str, says: str, do: str) -> Finding:
    """Something is broken, or will be."""
    return Finding(what, How.ILL, says, do)
