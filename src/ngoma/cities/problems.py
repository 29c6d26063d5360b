"""What is wrong with a pack, said so that its author can put it right."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: the file and line where it stands (line 0: the file as a whole)."""

    file: str
    line: int
    text: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        said = f"{where}: {'warning: ' if self.warning else ''}{self.text}"
        # A file may hold half a character, which no terminal and no log can write.
        return said.encode("utf-8", "backslashreplace").decode()


class PackError(Exception):
    """A pack that cannot be loaded, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
