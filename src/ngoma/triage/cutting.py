"""A text cut into its sentences."""

import re
from collections.abc import Iterator

# After a stop and a space, after a full-width stop, and at the end of a line. "7 a.m. on Monday"
# and "J. Okello" are one sentence.
_END = re.compile(
    r"(?<![\s.][A-Za-z]\.)(?<=[.!?])[\"'”’)\]]*\s+|(?<=[。！？…])[\"'”’)」』]*\s*|\n\s*"
)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends; none is empty, and no letter is outside of all."""
    at = 0
    for end in _END.finditer(text):
        part = text[at : end.start() + len(end.group().rstrip())].rstrip()
        if part.strip():
            yield at, at + len(part)
        at = end.end()
    if text[at:].strip():
        yield at, len(text)


def cut(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [text[start:end].strip() for start, end in spans(text)]
