"""What an older system calls a service, a department or a place, found in the city."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Protocol

from ngoma.cities import recorded
from ngoma.cities.book import Book
from ngoma.intake.history.mapping import Mapping as FileMapping
from ngoma.intake.history.sources import SourceError

LONGEST_CODE = 80
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:~-]*")


class _Entry(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def names(self) -> Mapping[str, str]: ...


class Names:
    """Finds by the mapping's words, by code, and by name in any language.

    Raises SourceError where the mapping leads to a code that the city does not have.
    `added` are the services that nobody knew and that were made for the requests.
    """

    def __init__(self, book: Book, mapping: FileMapping) -> None:
        self._book = book
        self._services = _index(book.services.values(), mapping.services, "service")
        self._departments = _index(book.departments.values(), mapping.departments, "department")
        self._places = _index(book.places.values(), mapping.places, "place")
        self._asked: dict[tuple[str, str], int | None] = {}
        self.added: dict[str, str] = {}

    def service(self, code: str, name: str) -> int | None:
        """The service of a code or else of a name; a new one, retired, where none is known."""
        if (code, name) not in self._asked:
            self._asked[code, name] = self._service(code, name) if code or name else None
        return self._asked[code, name]

    def _service(self, code: str, name: str) -> int:
        for text in filter(None, (code, name)):
            for known in (text, _plain(text), code_of(text)):
                if known in self._services:
                    return self._services[known]
        new = code_of(code or name)
        made = recorded.add_service(self._book.id, new, (name or code)[:200])
        self.added[new] = name or code
        self._services[new] = made
        return made

    def department(self, name: str) -> int | None:
        """The department of a code or name."""
        return self._departments.get(name) or self._departments.get(_plain(name))

    def place(self, name: str) -> int | None:
        """The place of a code or name."""
        return self._places.get(name) or self._places.get(_plain(name))


def code_of(text: str) -> str:
    """A code made of any text: the text itself where it is one.

    Texts that differ only in case, accents and signs may have the same.
    """
    if _CODE.fullmatch(text) and len(text) <= LONGEST_CODE:
        return text
    letters = unicodedata.normalize("NFKD", text).lower()
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    plain = re.sub("[^a-z0-9]+", "-", bare).strip("-")
    if len(plain) <= LONGEST_CODE and plain and bare.isascii():
        return plain
    return f"{plain[:LONGEST_CODE]}-{blake2b(text.encode(), digest_size=4).hexdigest()}".strip("-")


def _index(entries: Iterable[_Entry], said: Mapping[str, str], what: str) -> dict[str, int]:
    """Ids by everything an entry is called; what the mapping says goes before."""
    by_code: dict[str, int] = {}
    by_name: dict[str, int] = {}
    for entry in entries:
        by_code[entry.code] = entry.id
        for name in entry.names.values():
            by_name.setdefault(_plain(name), entry.id)
    if unknown := sorted(set(said.values()) - by_code.keys()):
        raise SourceError(f"the mapping names a {what} that the city lacks: {', '.join(unknown)}")
    return by_name | by_code | {word: by_code[code] for word, code in said.items()}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
