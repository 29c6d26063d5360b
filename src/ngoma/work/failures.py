"""What is written down of a failure, and whose fault it is."""

import errno

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from ngoma.base.characters import clean
from ngoma.triage.privacy import find_private, redact

LONGEST = 2000
_OTHER_TABLES = frozenset({"42P01", "42703", "42501"})
"""PostgreSQL: there is no such table or column, or we may not read it."""
_DISK_FULL = "53100"


def told(error: Exception) -> str:
    """The failure in a line. An error may quote what it failed on; an address is at home in the
    vault alone."""
    text = clean(f"{type(error).__name__}: {error}"[:LONGEST])
    return redact(text, find_private(text, ""))


def from_without(error: Exception) -> bool:
    """Whether the same would have failed whatever it was about: the database is away, has other
    tables or no room, or the machine has no memory. Then waiting helps, and passing over does not.
    """
    if isinstance(error, ProgrammingError):
        return getattr(error.__cause__, "sqlstate", "") in _OTHER_TABLES
    return isinstance(error, OperationalError | InterfaceError | OSError | MemoryError)


def status(error: BaseException | None) -> int | None:
    """What to answer a caller: 507 where there is no room, 503 where the database is away. None
    where the fault is ours."""
    if isinstance(error, OSError):
        return 507 if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    if not isinstance(error, DatabaseError | InterfaceError) or not from_without(error):
        return None
    full = getattr(error.__cause__, "sqlstate", "") == _DISK_FULL or "is full" in str(error)
    return 507 if full else 503
