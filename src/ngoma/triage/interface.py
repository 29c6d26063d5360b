"""What triage is given and what it answers. Every model behind `read` speaks these words.

Offsets count characters of `Submission.words` (Python string indices, end exclusive); distances
are metres; probabilities lie between 0 and 1. Ids are the caller's own and are only handed back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Level = Literal["now", "soon", "no"]
"""How urgent: danger to life and limb now, soon, or no danger known."""

Ground = Literal[
    "word", "place", "time", "past", "chosen", "channel", "service", "answer", "photo", "burst"
]


@dataclass(frozen=True, slots=True)
class Submission:
    """What one resident said, and where, when and how.

    `language` is the language of the page or channel, not of the words; `place` an area of the
    city; `chosen` the service the reporter picked; `answers` what was answered to the service's
    extra questions, by code; `photo_hints` words that stand for what a photo shows; `pictures` the
    photos as `pictures.fingerprint` tells them; `radius_m` how uncertain the position is;
    `bursting` the services that are reported here far more than usual just now.
    """

    words: str
    language: str | None
    lat: float | None
    lon: float | None
    at: datetime
    channel: str
    place: int | None = None
    chosen: int | None = None
    answers: Mapping[str, object] = field(default_factory=dict)
    photo_hints: tuple[str, ...] = ()
    pictures: tuple[int, ...] = ()
    radius_m: float = 0.0
    bursting: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Nearby:
    """A case that the report might be about. `words` are those of its first report, `pictures` the
    photos of all of them as `pictures.fingerprint` tells them."""

    case_id: int
    service_id: int | None
    group: str | None
    lat: float | None
    lon: float | None
    radius_m: float
    at: datetime
    open: bool
    words: str
    department_id: int | None = None
    closed_at: datetime | None = None
    photo_hints: tuple[str, ...] = ()
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A resolved case and the answer that its reporter was given."""

    case_id: int
    service_id: int | None
    words: str
    answer: str
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a piece of the words, another case, or a short text (a code, never a sentence).

    `start` and `end` are set for kind "word", `case_id` for kind "past"; `text` says what was
    found: the keyword, the name of a field, a figure. `weight` orders reasons, largest first.
    """

    kind: Ground
    weight: float
    text: str = ""
    start: int | None = None
    end: int | None = None
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The language of the words: an ISO 639 code, or "und" where nothing can be said."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part of the words in one language."""

    start: int
    end: int
    language: Language


@dataclass(frozen=True, slots=True)
class Guess:
    """A service that the report may belong to."""

    service_id: int
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent, and the probability that this level is right."""

    level: Level
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case that may be about the same problem."""

    case_id: int
    probability: float
    metres: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Something to answer with: a template of the city, or what a past case was answered."""

    template_id: int | str | None
    case_id: int | None
    kind: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the words that must not become public.

    Kinds: "name", "phone", "email", "national_id", "plate".
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What triage makes of a report.

    `services` holds at most five guesses, best first; `confident` is false where a person should
    look. `duplicates` and `answers` are best first; `private` and `spoken`, the languages of a
    mixed text, are in the order of the words.
    """

    language: Language
    services: tuple[Guess, ...]
    confident: bool
    urgency: Urgency
    duplicates: tuple[Duplicate, ...]
    answers: tuple[Answer, ...]
    private: tuple[Span, ...]
    spoken: tuple[Spoken, ...]
    model: str
