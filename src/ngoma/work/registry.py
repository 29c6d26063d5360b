"""What may run: handed over once at start by `ngoma.journey`, so that no floor imports upwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Handler:
    """The function behind a kind of job.

    `atomic`: the job's deletion is part of the function's transaction, so its effects in the
    database happen exactly once. A handler that speaks to the world outside manages its own
    transactions and must stand being run again.

    `then`: the kind of job that goes on in the same transaction, with what the function returned as
    its data, unless that is None.
    """

    run: Callable[..., object]
    atomic: bool = True
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A function that `tick` calls at least `every` so often; it must be idempotent."""

    name: str
    every: timedelta
    run: Callable[[], object]


@dataclass(slots=True)
class Registry:
    handlers: dict[str, Handler] = field(default_factory=dict)
    followers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: dict[str, Callable[[Any], bool]] = field(default_factory=dict)
    timers: tuple[Timer, ...] = ()
    readers: dict[str, Callable[[Any], object]] = field(default_factory=dict)


_registry = Registry()


def install(
    *,
    handlers: Mapping[str, Handler],
    followers: Mapping[str, Sequence[str]],
    wanted: Mapping[str, Callable[[Any], bool]] = MappingProxyType({}),
    timers: Sequence[Timer] = (),
    readers: Mapping[str, Callable[[Any], object]] = MappingProxyType({}),
) -> None:
    """Set which jobs exist, which jobs follow which kind of event, which of those only where an
    event has somebody who wants them, what runs by the clock, and by their names how readers of
    events write cases.

    Raises `LookupError` where an event or a job is followed by a job that nobody handles.
    """
    next_ones = {kind: (each.then,) for kind, each in handlers.items() if each.then is not None}
    for before, kinds in (*followers.items(), *next_ones.items()):
        unknown = [kind for kind in kinds if kind not in handlers]
        if unknown:
            raise LookupError(f"{before!r} is followed by unknown jobs {unknown}")
    _registry.handlers = dict(handlers)
    _registry.followers = {event: tuple(kinds) for event, kinds in followers.items()}
    _registry.wanted = dict(wanted)
    _registry.timers = tuple(timers)
    _registry.readers = dict(readers)


def handler(kind: str) -> Handler:
    """The handler of a kind of job. Raises `LookupError` where there is none."""
    try:
        return _registry.handlers[kind]
    except KeyError:
        raise LookupError(f"no handler for jobs of kind {kind!r}") from None


def followers(event_kind: str) -> tuple[str, ...]:
    """The kinds of job that follow an event of this kind."""
    return _registry.followers.get(event_kind, ())


def wanted(kind: str, event: Any) -> bool:
    """Whether a job of this kind may have something to do for the event, as it happens."""
    asked = _registry.wanted.get(kind)
    return asked is None or asked(event)


def timers() -> tuple[Timer, ...]:
    """What `tick` runs."""
    return _registry.timers


def readers() -> Mapping[str, Callable[[Any], object]]:
    """How each reader of events writes cases, by its name."""
    return _registry.readers
