"""What may run: handed over once at start by `ngoma.journey`, so that no floor imports upwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Handler:
    """The function behind a kind of job.

    `atomic`: the job's deletion is part of the function's transaction, so its effects in the
    database happen exactly once. A handler that speaks to the world outside manages its own
    transactions and must stand being run again.
    """

    run: Callable[..., object]
    atomic: bool = True


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
    timers: tuple[Timer, ...] = ()


_registry = Registry()


def install(
    *,
    handlers: Mapping[str, Handler],
    followers: Mapping[str, Sequence[str]],
    timers: Sequence[Timer] = (),
) -> None:
    """Set which jobs exist, which jobs follow which kind of event, and what runs by the clock.

    Raises `LookupError` where an event is followed by a job that nobody handles.
    """
    for event, kinds in followers.items():
        unknown = [kind for kind in kinds if kind not in handlers]
        if unknown:
            raise LookupError(f"event {event!r} is followed by unknown jobs {unknown}")
    _registry.handlers = dict(handlers)
    _registry.followers = {event: tuple(kinds) for event, kinds in followers.items()}
    _registry.timers = tuple(timers)


def handler(kind: str) -> Handler:
    """The handler of a kind of job. Raises `LookupError` where there is none."""
    try:
        return _registry.handlers[kind]
    except KeyError:
        raise LookupError(f"no handler for jobs of kind {kind!r}") from None


def followers(event_kind: str) -> tuple[str, ...]:
    """The kinds of job that follow an event of this kind."""
    return _registry.followers.get(event_kind, ())


def timers() -> tuple[Timer, ...]:
    """What `tick` runs."""
    return _registry.timers
