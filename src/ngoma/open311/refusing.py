"""Why a call is refused: every reason at once, with its status, in the caller's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ngoma.base.sentences import sentences

PACKAGE = "ngoma.open311"
"""Whose sentences these are."""

_PRECEDENCE = (503, 507, 403, 404, 405, 413, 415, 400)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `sentence` is given where another part of the house has said it already."""

    status: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = ""

    def told(self, language: str) -> str:
        """The sentence that says what is wrong and what to do."""
        return self.sentence or say(self.code, language, **self.params)


class Refusal(Exception):
    """The call is refused for these faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = faults

    @property
    def status(self) -> int:
        """The HTTP status: of several, that which says most about what the caller has to do."""
        return min((fault.status for fault in self.faults), key=_PRECEDENCE.index)


def refuse_all(faults: Iterable[Fault]) -> None:
    """Raise where there are faults."""
    found = tuple(faults)
    if found:
        raise Refusal(*found)


def say(code: str, language: str, **params: Any) -> str:
    """A sentence of this door in a language, else in English."""
    return sentences(PACKAGE, language)[code].format_map(params)
