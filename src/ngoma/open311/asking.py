"""What a caller asks: city, language, format and arguments, from the address and the body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from ngoma.base.sentences import FALLBACK, languages
from ngoma.cities.book import Book, UnknownCity, book, books, by_host
from ngoma.open311.refusing import PACKAGE, Fault, Refusal
from ngoma.people import apikeys
from ngoma.records.models import ApiKey

MOST_BYTES = {"multipart/form-data": 65_000_000, "application/x-www-form-urlencoded": 20_000_000}
"""Of a whole body: five photos of the largest size as files; one as base64 in a field."""

_TAG = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")


@dataclass
class Asked:
    """One call. `form` is `xml` or `json`."""

    request: HttpRequest
    form: str

    def one(self, name: str) -> str:
        """The argument without space around it; empty where it is missing. The body comes first."""
        found = self.body.get(name) or self.request.GET.get(name) or ""
        return str(found).strip()

    def several(self, name: str) -> list[str]:
        """The values of an argument that is repeated or separated by commas."""
        given = [*self.body.getlist(name), *self.request.GET.getlist(name)]
        parts = [part.strip() for each in given for part in str(each).split(",")]
        return [part for part in dict.fromkeys(parts) if part]

    @cached_property
    def book(self) -> Book:
        """The city that is meant. Raises `Refusal`."""
        wanted = self.one("jurisdiction_id")
        if wanted:
            return _named(wanted)
        here = by_host(self.request.get_host())
        if here is not None:
            return here
        everywhere = books()
        if len(everywhere) == 1:
            return everywhere[0]
        known = ", ".join(each.slug for each in everywhere)
        raise Refusal(Fault(400, "jurisdiction_missing", {"known": known}))

    @cached_property
    def language(self) -> str:
        """The city's language nearest to what the caller asks for."""
        return self._wanted_language(self.book.languages)

    @property
    def locale(self) -> str:
        """The city's language that the caller names; empty where none is named."""
        named = self.one("locale")
        return self.book.language(named) if named else ""

    @cached_property
    def error_language(self) -> str:
        """The same where there is a city; otherwise one of this door's."""
        try:
            return self.language
        except (Refusal, DatabaseError):
            return self._wanted_language((FALLBACK, *languages(PACKAGE)))

    def _wanted_language(self, known: Sequence[str]) -> str:
        try:
            locale = self.one("locale")
        except Refusal:  # the body cannot be read
            locale = self.request.GET.get("locale", "")
        for tag in (locale, *self._accepted()):
            parts = tag.replace("_", "-").lower()
            for language in known:
                if language.lower() in (parts, parts.partition("-")[0]):
                    return language
        return known[0]

    def _accepted(self) -> list[str]:
        """The languages of Accept-Language, the most wanted first."""
        header = self.request.headers.get("Accept-Language", "")[:500]
        found = [match for part in header.split(",") if (match := _TAG.fullmatch(part))]
        return [
            match[1]
            for match in sorted(found, key=lambda match: -float(match[2] or 1))
            if float(match[2] or 1) > 0
        ]

    @cached_property
    def files(self) -> list[UploadedFile]:
        """Every file part of the body, whatever its name is: clients differ."""
        self.body  # noqa: B018 (reading it tells what is wrong with it)
        if not self._is("multipart/form-data"):
            return []
        return [each for _, several in self.request.FILES.lists() for each in several]

    @cached_property
    def body(self) -> QueryDict:
        """The form in the body; empty where there is none. Raises `Refusal` for a broken one."""
        if self.request.method != "POST":
            return QueryDict()
        try:
            form = self._read()
        except RequestDataTooBig:
            raise Refusal(Fault(413, "too_large")) from None
        except (
            MultiPartParserError, UnreadablePostError, SuspiciousOperation, ValueError, LookupError
        ):  # fmt: skip
            raise Refusal(Fault(400, "unreadable")) from None
        if any("\ufffd" in each for values in form.lists() for each in (values[0], *values[1])):
            raise Refusal(Fault(400, "encoding"))
        return form

    def _read(self) -> QueryDict:
        most = MOST_BYTES.get(self.request.content_type or "application/x-www-form-urlencoded")
        if most is None:
            raise Refusal(Fault(415, "content_type"))
        promised = int(self.request.META.get("CONTENT_LENGTH") or 0)
        if promised > most:
            raise RequestDataTooBig
        if self._is("multipart/form-data"):
            return self.request.POST
        # Read here and not by Django, whose limit for forms has no room for a photo as base64.
        data = self.request.read(promised)
        if len(data) < promised:
            raise UnreadablePostError
        charset = (self.request.content_params or {}).get("charset") or "utf-8"
        try:
            return QueryDict(data.decode(charset), encoding=charset)
        except (UnicodeDecodeError, LookupError):
            raise Refusal(Fault(400, "encoding")) from None

    def _is(self, content_type: str) -> bool:
        return self.request.content_type == content_type

    def key(self, *, reports: bool = False, updates: bool = False) -> ApiKey:
        """The API key that was shown. Raises `Refusal`; also for one that may not do what is named:
        hand `reports` in, or tell `updates` of them.
        """
        shown = self.one("api_key")
        if not shown:
            raise Refusal(Fault(403, "key_missing"))
        found = apikeys.find(self.book.id, shown)
        if found is None:
            raise Refusal(Fault(403, "key_unknown"))
        if not apikeys.usable(found):
            raise Refusal(Fault(403, "key_revoked" if found.revoked_at else "key_expired"))
        if reports and not found.reports:
            raise Refusal(Fault(403, "key_reports"))
        if updates and not found.updates:
            raise Refusal(Fault(403, "key_updates"))
        apikeys.note_use(found)
        return found

    def address(self, path: str = "") -> str:
        """The whole address of a path of this host; this door's own where none is given."""
        if urlsplit(path).scheme:
            return path
        return self.request.build_absolute_uri(path or "/open311/v2/")

    def next_page(self, cursor: str) -> str:
        """The header Link: the same question, going on after a key; the API key is not repeated."""
        left = ("page", "after", "api_key")
        given = {name: each for name, each in self.request.GET.lists() if name not in left}
        query = urlencode(given | {"after": cursor}, doseq=True)
        return f'<{self.address(f"{self.request.path}?{query}")}>; rel="next"'


def origin(key: ApiKey) -> str:
    """Whose reports those are that come in with this key."""
    return f"open311:{key.pk}"


def _named(jurisdiction: str) -> Book:
    """The city by its slug, or by its host name. Raises `Refusal`."""
    try:
        return book(jurisdiction)
    except UnknownCity:
        found = by_host(jurisdiction)
    if found is None:
        raise Refusal(Fault(404, "jurisdiction_unknown", {"jurisdiction": shown(jurisdiction)}))
    return found


def shown(text: Any) -> str:
    """What the caller sent, short enough to be repeated in a sentence."""
    plain = str(text)
    return plain if len(plain) <= 60 else plain[:59] + "…"
