"""The line on which each key of a TOML text stands; the standard parser does not tell."""

import re
from collections.abc import Callable, Iterator

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''
    (?P<string> """(?:\\.|[^\\])*?""""{0,2} | \'\'\'.*?\'\'\'\'{0,2}
              | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
  | (?P<skip>   [ \t\r]+ | \#[^\n]* )
  | (?P<mark>   [\n\[\]{}=,.] )
  | (?P<bare>   [^\s\[\]{}=,."'\#]+ )
    ''',
    re.VERBOSE | re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and list item of a TOML text that `tomllib` accepts.

    A path names keys and counts from 0 in lists: `("service", 3, "name", "en")`.
    """
    return _Scan(text).lines


class _Scan:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._tokens = self._read(text)
        self._kind, self._text, self._line = "", "", 0
        self._next()
        table: Path = ()
        while self._kind:
            if self._text == "[" and self._kind == "mark":
                table = self._header()
            elif self._kind == "mark":  # the end of a line
                self._next()
            else:
                self._pair(table)

    @staticmethod
    def _read(text: str) -> Iterator[tuple[str, str, int]]:
        line, at = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", at, match.start())
            at = match.start()
            if match.lastgroup != "skip":
                yield match.lastgroup or "", match.group(), line

    def _next(self) -> None:
        self._kind, self._text, self._line = next(self._tokens, ("", "", self._line))

    def _is(self, *marks: str) -> bool:
        return not self._kind or (self._kind == "mark" and self._text in marks)

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table, with its number in a list of tables."""
        line = self._line
        self._next()
        listed = self._text == "[" and self._kind == "mark"
        if listed:
            self._next()
        *above, last = self._key()
        while not self._is("\n"):
            self._next()
        path: Path = ()
        for name in above:
            path = self._within(path, name)
            self.lines.setdefault(path, line)
        if listed:
            self._counts[*path, last] = self._counts.get((*path, last), -1) + 1
            self.lines.setdefault((*path, last), line)
        path = self._within(path, last)
        self.lines[path] = line
        return path

    def _within(self, path: Path, name: str) -> Path:
        """The table called `name` in `path`: the present one, if there is a list of them."""
        count = self._counts.get((*path, name))
        return (*path, name) if count is None else (*path, name, count)

    def _key(self) -> list[str]:
        parts = []
        while not self._is("=", "]", "\n"):
            if self._kind == "string":
                parts.append(self._text[1:-1])
            elif self._kind == "bare":
                parts.append(self._text)
            self._next()
        return parts or [""]

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table
        for name in self._key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._next()  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line)
        if self._is("{"):
            self._inside("}", lambda _: self._pair(path))
        elif self._is("["):
            self._inside("]", lambda number: self._value((*path, number)))
        else:
            while not self._is(",", "]", "}", "\n"):
                self._next()

    def _inside(self, end: str, read: Callable[[int], None]) -> None:
        """The items of a list or an inline table, over line ends and commas."""
        self._next()
        number = 0
        while not self._is(end):
            if self._is("\n", ","):
                self._next()
            else:
                read(number)
                number += 1
        self._next()
