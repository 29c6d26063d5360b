"""A report that is being written: it travels in the form itself, signed, and is stored nowhere.

The signature keeps a reader from claiming photos that somebody else sent. Photos alone are kept on
the server, under names that nobody can guess; those that no report takes are dropped later.
"""

import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core import signing

from ngoma.intake.submission import Submission
from ngoma.public.site import Site

SALT = "ngoma.draft"
LIFE = 86400
"""Seconds after which a form that lay around is not taken any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What has been told so far. `key` makes sending it twice the same as once."""

    key: str
    words: str = ""
    photos: tuple[str, ...] = ()
    service: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy: float = 0
    location: str = ""
    place: str = ""
    frame: str = ""
    joins: str = ""
    answers: dict[str, list[str]] = field(default_factory=dict)
    contact: str = ""

    @property
    def sealed(self) -> str:
        """As the form carries it. Where to reach the reporter stays out of it."""
        values = {key: value for key, value in asdict(replace(self, contact="")).items() if value}
        return signing.dumps(values, salt=SALT, compress=True)


EMPTY = Draft(key="")
"""What a page shows before anything was told."""


def new() -> Draft:
    """An empty draft."""
    return Draft(key=secrets.token_urlsafe(16))


def read(sealed: str) -> Draft:
    """The draft that a form carries; an empty one where it was changed or is too old."""
    try:
        values: dict[str, Any] = signing.loads(sealed, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return new()
    return Draft(**values | {"photos": tuple(values.get("photos", ()))})


def submission(site: Site, draft: Draft) -> Submission:
    """The draft as intake takes it."""
    mail = "@" in draft.contact
    return Submission(
        book=site.book,
        origin="web",
        key=draft.key,
        channel="web",
        words=draft.words,
        language=site.language,
        lat=draft.lat,
        lon=draft.lon,
        accuracy=draft.accuracy,
        location=draft.location,
        place=draft.place or None,
        service=draft.service or None,
        answers=draft.answers,
        kept=draft.photos,
        email=draft.contact if mail else "",
        phone="" if mail else draft.contact,
        contact_language=site.language,
        joins=draft.joins or None,
    )
