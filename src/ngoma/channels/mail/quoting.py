"""What somebody wrote themselves in a mail: without what they answer to and their signature.

Line by line and in one go: a mail can be made to take a pattern over all of it half a minute.
"""

import re
from collections.abc import Iterator

_SIGNATURE = re.compile(r"--|__+|—")
"""A line that is only this begins a signature (RFC 3676, 4.3) or what an Outlook quotes."""
_ORIGINAL = re.compile(r"-{3,20}.{3,60}-{3,20}")
"""-----Original Message-----, in any language."""
_HEAD = re.compile(r"\*?[^\s:][^:]{0,24}:\*? ")
_NAMES_MAIL = re.compile(r"\*?[^\s:][^:]{0,24}:\*? .{0,200}@")
_SENT_FROM = re.compile(
    r"(?:sent|gesendet|envoyé|enviado) (?:from|von|de|desde) |나의 \S+에서 보냄", re.IGNORECASE
)
_MOST_HEAD = 3
"""Lines over which "On Friday so-and-so wrote:" may be broken."""


def own_words(text: str) -> str:
    """The words of the sender, also where they stand below or between the lines they answer to."""
    lines = [line.rstrip() for line in text.splitlines()]
    own = list(_without_quotes(lines[: _end(lines)]))
    while own and (not own[-1] or _SENT_FROM.match(own[-1])):
        own.pop()
    return "\n".join(own).strip()


def _end(lines: list[str]) -> int:
    """Where signature, or an older mail with its heads, begins."""
    for number, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line) or _ORIGINAL.fullmatch(line):
            return number
        following = lines[number + 1 : number + 3]
        if _NAMES_MAIL.match(line) and len(following) == 2 and all(map(_HEAD.match, following)):
            return number
    return len(lines)


def _without_quotes(lines: list[str]) -> Iterator[str]:
    """The lines that are not quoted, nor say who wrote what is."""
    skipped = -1
    for number, line in enumerate(lines):
        if line.startswith(">") or number <= skipped:
            continue
        head = _head(lines, number)
        if head:
            skipped = number + head - 1
            continue
        yield line


def _head(lines: list[str], number: int) -> int:
    """How many lines from here on say who wrote what is quoted next; 0 where they do not."""
    if not lines[number]:
        return 0
    for count in range(1, _MOST_HEAD + 1):
        last = number + count - 1
        if last >= len(lines) or not lines[last]:
            return 0
        if lines[last].endswith((":", "：")):
            following = next((line for line in lines[last + 1 : last + 3] if line), "")
            return count if following.startswith(">") else 0
    return 0
