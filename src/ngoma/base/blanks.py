"""Blanks in a text that is not finished: what a person has to fill in before anybody reads it.

A blank is written `[___ date]`: it stands out on every screen, in every alphabet, and in a message
of plain text.
"""

import re

_BLANK = re.compile(r"\[_{2,}[^\[\]]{0,80}\]")
_NO_LABEL = re.compile(r"[\[\]_\s]+")


def blank(what: str = "") -> str:
    """A blank for something: `[___ date]`."""
    label = _NO_LABEL.sub(" ", what)[:60].strip()
    return f"[___ {label}]" if label else "[___]"


def blanks(text: str) -> list[str]:
    """The blanks that are left in a text, in order."""
    return _BLANK.findall(text)


def without_blanks(text: str) -> str:
    """The words around the blanks."""
    return _BLANK.sub(" ", text)
