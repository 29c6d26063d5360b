"""Whose word a reader takes, https://c2sp.org/tlog-policy: the log's keys, and which witnesses.

The log's keys say that the log stands by a checkpoint; only the witnesses make sure that it shows
everybody the same one. A policy is written as lines: `log <vkey> [<url>]`, `witness <name> <vkey>
[<url>]`, `group <name> <all, any or a number> <member> …` and one `quorum <name or none>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from ngoma.tlog.checkpoint import Checkpoint, open_checkpoint
from ngoma.tlog.cosignature import Witness, cosigned
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.refusal import BadSignature, Malformed
from ngoma.tlog.text import decode_number

_NONE = "none"


@dataclass(frozen=True)
class Group:
    """`least` of the members must have cosigned, each a witness or a group of its own."""

    least: int
    members: tuple[Witness | Group, ...] = ()

    def __post_init__(self) -> None:
        """ValueError if so many cannot."""
        if not 0 <= self.least <= len(self.members):
            raise ValueError("a policy's group cannot ask for more than its members")

    def met(self, seen: Collection[Witness]) -> bool:
        """Whether it is enough that these have cosigned."""
        count = 0
        for each in self.members:
            count += each.met(seen) if isinstance(each, Group) else each in seen
        return count >= self.least

    def witnesses(self) -> Iterator[Witness]:
        """All witnesses in it and in its groups."""
        for each in self.members:
            if isinstance(each, Group):
                yield from each.witnesses()
            else:
                yield each


NOBODY = Group(0)
"""No witness is asked for."""


@dataclass(frozen=True)
class Policy:
    """The keys of one log and the group of witnesses that must have cosigned."""

    origin: str
    log_keys: tuple[Verifier, ...]
    quorum: Group = NOBODY
    addresses: Mapping[Witness, str] = field(default_factory=dict, compare=False)
    """Where witnesses are asked, as far as the policy says."""

    def __post_init__(self) -> None:
        """ValueError if there is no key of the log or one key would count twice."""
        keys = [key.public for key in (*self.log_keys, *self.witnesses)]
        if len(set(keys)) != len(keys):
            raise ValueError("a key appears twice in a policy")
        if not self.log_keys:
            raise ValueError("a policy needs a log key")

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """All witnesses whose cosignature counts, each in one way only."""
        return tuple(self.quorum.witnesses())

    @classmethod
    def parse(cls, text: str) -> Self:
        """The policy that a file writes; `Malformed` names the line that is wrong.

        All its logs must be keys of one origin, which is the name of its keys.
        """
        lines = _Lines()
        for number, line in enumerate(text.split("\n"), 1):
            words = line.split()
            if words and not words[0].startswith("#"):
                try:
                    lines.read(words[0], words[1:])
                except (Malformed, ValueError) as wrong:
                    raise Malformed(f"line {number} of the policy: {wrong}") from wrong
        origins = {key.name for key in lines.logs}
        if len(origins) != 1 or lines.quorum is None:
            raise Malformed("a policy names one log and its quorum")
        try:
            return cls(origins.pop(), tuple(lines.logs), lines.quorum, lines.addresses)
        except ValueError as wrong:
            raise Malformed(str(wrong)) from wrong

    def check(self, note: Note) -> tuple[Checkpoint, dict[Witness, int]]:
        """The checkpoint, and when each witness cosigned it, in seconds since 1970.

        Raises `Refused`. Whether those times are recent enough is for the caller to say.
        """
        checkpoint = open_checkpoint(note, self.origin, self.log_keys)
        seen = cosigned(note, self.witnesses)
        if not self.quorum.met(seen):
            of = len(self.witnesses)
            raise BadSignature(f"{len(seen)} of {of} witnesses cosigned, which is not enough")
        return checkpoint, seen


class _Lines:
    """A policy file while it is read."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.addresses: dict[Witness, str] = {}
        self.quorum: Group | None = None
        self._named: dict[str, Witness | Group] = {}
        self._members: set[str] = set()

    def read(self, kind: str, words: list[str]) -> None:
        match kind, words:
            case "log", [vkey] | [vkey, _]:
                self.logs.append(Verifier.parse(vkey))
            case "witness", [name, vkey, *url] if len(url) < 2:
                witness = Witness.parse(vkey)
                self._name(name, witness)
                if url:
                    self.addresses[witness] = url[0]
            case "group", [name, least, *members] if members:
                of = {"all": len(members), "any": 1}.get(least)
                self._join(members)
                group = Group(of or decode_number(least), tuple(map(self._find, members)))
                if group.least == 0:
                    raise Malformed("a group asks for one member at least")
                self._name(name, group)
            case "quorum", [name] if self.quorum is None:
                found = NOBODY if name == _NONE else self._find(name)
                self.quorum = found if isinstance(found, Group) else Group(1, (found,))
            case _:
                raise Malformed("not a line that a policy has here")

    def _name(self, name: str, what: Witness | Group) -> None:
        if name == _NONE or name in self._named:
            raise Malformed(f"the name {name} is taken")
        self._named[name] = what

    def _join(self, members: list[str]) -> None:
        """Each may be a member once: nobody's cosignature counts twice."""
        again = self._members.intersection(members)
        if again or len(set(members)) != len(members):
            raise Malformed("a member is listed twice")
        self._members.update(members)

    def _find(self, name: str) -> Witness | Group:
        if name not in self._named:
            raise Malformed(f"nothing before is called {name}")
        return self._named[name]
