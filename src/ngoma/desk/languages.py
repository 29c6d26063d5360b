"""The languages of the desk's own words."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from ngoma.records.models import User

LANGUAGES = ("en", *sorted(each.name for each in (Path(__file__).parent / "locale").glob("*")))
"""Those with a catalogue; the words in the code are English."""


def language_of(request: HttpRequest, user: User | None, preferred: Sequence[str]) -> str:
    """The language this person chose, else their browser's, else the first of `preferred`."""
    wanted = [user.language] if user is not None and user.language else []
    header = request.headers.get("Accept-Language", "")
    wanted += [tag for tag, _weight in parse_accept_lang_header(header)]
    return _first_known([*wanted, *preferred])


def _first_known(tags: Iterable[str]) -> str:
    primary = (tag.lower().partition("-")[0] for tag in tags)
    return next((tag for tag in primary if tag in LANGUAGES), "en")
