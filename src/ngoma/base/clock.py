"""The time: one source of it, and how it is read and written. UTC inside, a city's zone outside."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)

# ISO 8601 / W3C date-time, extended or basic. A space where the sign of the offset should be is a
# '+' that was not percent-encoded in a query string, which many Open311 clients send.
_MOMENT = re.compile(
    r"""([0-9]{4})-?([0-9]{2})-?([0-9]{2})
        (?:[Tt ]\s*([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)?
           (?:\s*([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)|\s([0-9]{2}:?[0-9]{2}))?
        )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Another time than that of the world, for a replay: it was `told` at the moment `real`, and
    passes `speed` times as fast."""

    told: datetime
    real: datetime
    speed: float

    @classmethod
    def read(cls, text: str) -> "Pace":
        """What `text` wrote. Raises ValueError for anything else."""
        told, real, speed = text.split()
        return cls(parse(told), parse(real), float(speed))

    @property
    def text(self) -> str:
        """The pace in a line, for the environment of a process."""
        return f"{iso(self.told)} {iso(self.real)} {self.speed}"

    def at(self, real: datetime) -> datetime:
        """What time it is at a moment of the world."""
        return self.told + (real - self.real) * self.speed


_pace: Pace | None = None


def run(pace: Pace | None) -> None:
    """Let time pass in this process as it does in a replay; None: as in the world."""
    global _pace
    _pace = pace


def now() -> datetime:
    """The present moment, aware, in UTC; the only place where the product asks for it."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    return datetime.now(UTC) if _pace is None else _pace.at(datetime.now(UTC))


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Inside the block, `now()` is `at`: for tests, and for loading reports dated in the past.

    It holds in this thread or task only. Raises ValueError if `at` has no zone.
    """
    moment = _utc(at)
    token = _frozen.set(moment)
    try:
        yield moment
    finally:
        _frozen.reset(token)


def parse(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Read a W3C or ISO 8601 date-time, or a date (its midnight), and give it in UTC.

    Accepts 'T' or a space, any fraction of a second (kept to the microsecond), 'Z' or any offset,
    24:00 and a leap second. Text without an offset is local time in `zone`.
    Raises ValueError for anything else, and for text without an offset when there is no `zone`.
    """
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not a date or time: {text[:40]!r}")
    year, month, day, hour, minute, second, fraction, offset, unsigned = match.groups("")
    if int(hour or 0) > 24 or int(minute or 0) > 59 or int(second or 0) > 60:
        raise ValueError(f"no such time: {text!r}")
    if hour == "24" and int(minute + second + fraction or 0):
        raise ValueError(f"no such time: {text!r}")
    # Added as a duration, because hour 24 and second 60 belong to the next day and minute.
    after_midnight = timedelta(
        hours=int(hour or 0),
        minutes=int(minute or 0),
        seconds=int(second or 0),
        microseconds=int(fraction[:6].ljust(6, "0")),
    )
    if offset or unsigned:
        there: tzinfo | None = _offset(offset or "+" + unsigned)
    else:
        there = zone
    if there is None:
        raise ValueError(f"a time needs an offset, such as {text.strip()}+03:00 or …Z")
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=there)
        return (midnight + after_midnight).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"out of range: {text!r}") from error


def iso(at: datetime) -> str:
    """'YYYY-MM-DDTHH:MM:SSZ', in UTC, cut to the second. Raises ValueError without a zone."""
    return _utc(at).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def iso_local(at: datetime, zone: ZoneInfo) -> str:
    """'YYYY-MM-DDTHH:MM:SS+HH:MM', as clocks in `zone` show it, cut to the second."""
    return _utc(at).astimezone(zone).isoformat(timespec="seconds")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at.isoformat()}")
    return at.astimezone(UTC)


def _offset(text: str) -> timezone:
    """The zone of 'Z', '+HH', '+HHMM' or '+HH:MM'. Raises ValueError from 24 hours up."""
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    if int(digits[2:] or 0) > 59:
        raise ValueError(f"no such offset: {text}")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-size if text[0] == "-" else size)
