"""What a face hands over, and what it is told when that is not good enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as column
from datetime import datetime
from typing import Any

from ngoma.cities.book import Book
from ngoma.people.vault import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One report as it came in, unchecked.

    `origin` and `key` together say what a retry is: the same pair gives the first answer again.
    `place` and `service` are codes; `placeless` is allowed where the place is asked afterwards.
    `joins` is the reference of a case that the reporter knows to be the same problem. `kept` names
    photos that were stored before and belong to no report yet; `coming` says how many more follow.
    `writer` is an address that wrote to us, so whoever reads there has shown that they do.
    `at` is when it was reported, if not now: only history may be dated back.
    """

    book: Book
    origin: str
    key: str
    channel: str
    words: str = ""
    language: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy: float = 0
    location: str = ""
    place: str | None = None
    service: str | None = None
    answers: Mapping[str, str | Sequence[str]] = column(default_factory=dict)
    photos: Sequence[bytes] = ()
    kept: Sequence[str] = ()
    email: str = ""
    phone: str = ""
    name: str = ""
    contact_language: str = ""
    writer: Address | None = None
    placeless: bool = False
    coming: int = 0
    joins: str | None = None
    at: datetime | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: which field, a stable code, and what fills the sentence."""

    field: str
    code: str
    params: Mapping[str, Any] = column(default_factory=dict)


class Refused(Exception):
    """Nothing was accepted and nothing stored; `problems` say why, all at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{each.field}: {each.code}" for each in problems))
        self.problems = tuple(problems)
