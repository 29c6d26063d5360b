"""Parts of files: what a request that goes on with a broken download asks for (RFC 9110, 14)."""

import re

_ONE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class NotThere(ValueError):
    """The range lies outside of the file."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None where the whole is to be sent.

    Several ranges, and what is no range, are answered with the whole, as the RFC allows. Raises
    NotThere for a range of which nothing is there.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise NotThere(header)
    return start, end
