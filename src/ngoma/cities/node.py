"""A value read from a pack together with its place in the file, and what is wrong with it.

Reading never raises: a wrong value is noted as a problem and read as an empty one.
"""

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from ngoma.cities.calendar import parse_span
from ngoma.cities.lines import Path
from ngoma.cities.problems import Problem

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:~-]*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

# What an IRI cannot hold (RFC 3987, 2.2); catalogues of data name addresses as such.
_ADDRESS = re.compile(r'https?://[^\s<>"{}|\\^`]+')
# Bare, and without what an address `mailto:` would need in another form (RFC 6068, 2).
_EMAIL = re.compile(r"""[^@\s<>"{}|\\^`()[\],;:%?&#]+@[\w-]+(\.[\w-]+)+""")


class Node:
    """A value at `path` of a file; `lines` tells where paths stand."""

    __slots__ = ("_lines", "file", "path", "problems", "value")

    def __init__(
        self,
        file: str,
        value: Any,
        lines: Mapping[Path, int],
        problems: list[Problem],
        path: Path = (),
    ) -> None:
        self.file, self.value, self.path = file, value, path
        self._lines, self.problems = lines, problems

    @property
    def line(self) -> int:
        """The line of the value, else of the nearest thing around it."""
        return next(
            (
                self._lines[self.path[:length]]
                for length in range(len(self.path), -1, -1)
                if self.path[:length] in self._lines
            ),
            0,
        )

    def problem(self, text: str, *, warning: bool = False) -> None:
        """Note what is wrong here and what to do about it."""
        self.problems.append(Problem(self.file, self.line, text, warning))

    def at(self, key: str | int) -> "Node":
        """The value of a key or item that may be absent (`value` is None then)."""
        value = self.value
        if isinstance(value, list) and isinstance(key, int):
            found = value[key] if key < len(value) else None
        else:
            found = value.get(key) if isinstance(value, dict) else None
        return Node(self.file, found, self._lines, self.problems, (*self.path, key))

    @property
    def name(self) -> str:
        """How the file calls this value."""
        return next((key for key in reversed(self.path) if isinstance(key, str)), self.file)

    # What is expected of the value under a key: each gives it, or notes a problem.

    def string(self, key: str, *, needed: bool = True, most: int = 0) -> str:
        """A text without unprintable characters, of at most `most` characters if that is given."""
        node = self.at(key)
        if node.value is None:
            if needed:
                self.problem(f'`{key}` is missing: add `{key} = "…"`')
            return ""
        text = node.text(most)
        if needed and text == "" and isinstance(node.value, str):
            node.problem(f"`{key}` is empty")
        return text

    def text(self, most: int = 0) -> str:
        """This value itself as a text of at most `most` characters."""
        if not isinstance(self.value, str):
            self.problem(f"`{self.name}` must be a text in quotation marks")
            return ""
        text = self.value.strip()
        if found := _UNPRINTABLE.search(text):
            self.problem(f"`{self.name}` holds the unprintable {found.group()!r}: remove it")
            text = _UNPRINTABLE.sub("", text)
        if most and len(text) > most:
            self.problem(f"`{self.name}` has {len(text)} characters: at most {most} are possible")
        return text[:most] if most else text

    def address(self, key: str, *, needed: bool = True, most: int = 200) -> str:
        """The address of something on the web."""
        text = self.string(key, needed=needed, most=most)
        if text and not _is_address(text):
            self.at(key).problem(
                f"{text!r} is no address: write one that begins with https://, its signs and "
                "spaces encoded"
            )
            return ""
        return text

    def email(self, key: str, *, needed: bool = True) -> str:
        """An e-mail address without a name around it."""
        text = self.string(key, needed=needed, most=254)
        if text and not _EMAIL.fullmatch(text):
            self.at(key).problem(f"{text!r} is no e-mail address: write it as desk@example.org")
            return ""
        return text

    def code(self, key: str = "code", *, needed: bool = True, most: int = 64) -> str:
        """The identity of a thing: letters, digits and a few signs."""
        text = self.string(key, needed=needed, most=most)
        if text and not _CODE.fullmatch(text):
            self.at(key).problem(
                f"{text!r} cannot be a code: use lower-case letters a-z, digits, `-` and `_`"
            )
            return ""
        return text

    def choice(self, key: str, options: Sequence[str], default: str = "") -> str:
        """One of the options; `default` where the key may be left out."""
        text = self.string(key, needed=not default and "" not in options)
        if text and text not in options:
            offered = ", ".join(filter(None, options))
            self.at(key).problem(f"{text!r} is not known here: use one of {offered}")
            return default
        return text or default

    def span(self, key: str) -> str:
        """Working time, or hours of the clock, such as `90m`, `4h`, `3d`; may be left out."""
        text = self.string(key, needed=False, most=16)
        try:
            if text:
                parse_span(text)
        except (ValueError, OverflowError):
            self.at(key).problem(f"{text!r} is no span of time: write 90m, 4h or 3d")
            return ""
        return text

    def day(self, key: str) -> str:
        """A day as `2026-06-03`; empty where it is left out."""
        node = self.at(key)
        if node.value is None:
            return ""
        if type(node.value) is not date:
            node.problem(f"`{key}` is a day without quotation marks, such as 2026-06-03")
            return ""
        return node.value.isoformat()

    def boolean(self, key: str, default: bool) -> bool:
        node = self.at(key)
        if node.value is None:
            return default
        if not isinstance(node.value, bool):
            node.problem(f"`{key}` must be true or false, without quotation marks")
            return default
        return node.value

    def number(self, key: str | int, least: float, most: float, default: float = 0.0) -> float:
        """A number from `least` to `most`; `default` where the key is left out."""
        node = self.at(key)
        value = node.value
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            node.problem(f"`{node.name}` must be a number")
            return default
        if not least <= value <= most:
            node.problem(f"`{node.name}` is {value}: it must lie between {least:g} and {most:g}")
            return default
        return float(value)

    def table(self, key: str, *, needed: bool = True) -> "Node":
        """A table; an empty one where it is missing or something else."""
        node = self.at(key)
        if isinstance(node.value, dict):
            return node
        if node.value is not None:
            node.problem(f"`{key}` must be a table")
        elif needed:
            self.problem(f"the table `{key}` is missing")
        node.value = {}
        return node

    def tables(self, key: str, *, needed: bool = False) -> list["Node"]:
        """The tables of a list."""
        if self.value is None:  # the file itself could not be read
            return []
        nodes = list(self.items(key))
        if needed and not nodes:
            self.problem(f"there is no [[{key}]]: add at least one")
        for node in nodes:
            if not isinstance(node.value, dict):
                node.problem(f"`{key}` must be a list of tables, each under [[{key}]]")
        return [node for node in nodes if isinstance(node.value, dict)]

    def strings(self, key: str) -> list[str]:
        """A list of texts, which may be left out."""
        return [text for node in self.items(key) if (text := node.text())]

    def items(self, key: str) -> Iterator["Node"]:
        node = self.at(key)
        if node.value is not None and not isinstance(node.value, list):
            node.problem(f"`{key}` must be a list in square brackets")
            return
        for number in range(len(node.value or ())):
            yield node.at(number)

    def names(self, key: str, languages: Sequence[str], *, needed: bool = True) -> dict[str, str]:
        """A text for people, in every language of the city."""
        node = self.at(key)
        if node.value is None:
            if needed:
                example = ", ".join(f'{language} = "…"' for language in languages)
                self.problem(f"`{key}` is missing: add `{key} = {{{example}}}`")
            return {}
        return {language: node.string(language) for language in node.in_languages(languages)}

    def words(
        self, key: str, languages: Sequence[str], *, all_languages: bool = False
    ) -> dict[str, list[str]]:
        """Lists of words by language; a language without any is a problem or a warning."""
        node = self.at(key)
        found: dict[str, list[str]] = {}
        if node.value is not None:
            found = {each: node.strings(each) for each in node.in_languages(languages, False)}
        for language in languages:
            if not found.get(language):
                (node if node.value is not None else self).problem(
                    f"`{key}` has no words in the language {language!r}: "
                    f'add {language} = ["…"] to it',
                    warning=not all_languages,
                )
        return {language: words for language, words in found.items() if words}

    def in_languages(self, languages: Sequence[str], complete: bool = True) -> list[str]:
        """The languages for which this table has an entry, foreign and missing ones noted."""
        if not isinstance(self.value, dict):
            self.problem(f"`{self.name}` must be a table by language: {{{languages[0]} = …}}")
            return []
        for language in self.value.keys() - set(languages):
            self.at(language).problem(
                f"`{self.name}` speaks {language!r}, which is not among the city's "
                f"languages ({', '.join(languages)}): remove it, or add it to city.toml"
            )
        for language in languages:
            if complete and language not in self.value:
                self.problem(f'`{self.name}` lacks the language {language!r}: add {language} = "…"')
        return [language for language in languages if language in self.value]

    def only(self, *keys: str) -> None:
        """Warn of keys that mean nothing here: most are misspelt."""
        for key in self.value.keys() - set(keys) if isinstance(self.value, dict) else ():
            near = difflib.get_close_matches(key, keys, 1)
            hint = f": did you mean `{near[0]}`?" if near else ""
            self.at(key).problem(f"`{key}` means nothing here{hint}", warning=True)

    def plain(self) -> Any:
        """The value as JSON can hold it: days and times become texts."""
        value = self.value
        if isinstance(value, dict):
            return {key: self.at(key).plain() for key in value}
        if isinstance(value, list):
            return [self.at(number).plain() for number in range(len(value))]
        if isinstance(value, date | datetime | time):
            return value.isoformat()
        if isinstance(value, int | float) and not _finite(value):
            self.problem(f"`{self.name}` must be a finite number")
            return None
        if isinstance(value, str):
            return _UNPRINTABLE.sub("", value)
        return value


def repeated(nodes: Iterable[tuple[str, Node]], what: str) -> None:
    """Note every code that an earlier node already has."""
    first: dict[str, int] = {}
    for code, node in nodes:
        if code in first:
            node.problem(
                f"the {what} {code!r} is already on line {first[code]}: a code stands once"
            )
        elif code:
            first[code] = node.line


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(_ADDRESS.fullmatch(text) and parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
