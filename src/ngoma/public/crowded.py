"""What a browser is shown while more is asked than this process can answer: a calm page in the
reader's language, in place of the line that machines get.

All pages are made when the process starts. Choosing one asks nothing and makes nothing, and a page
brings no file after it, because each would be one more request to refuse.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import get_template
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from ngoma.cities.book import languages_known

LANGUAGES = sorted(each.name for each in (Path(__file__).parents[1] / "locale").glob("??"))
"""Those with a catalogue."""
STYLE = """
:root { --ink: #14213D; --quiet: #4B556B; --paper: #FBFAF7; --sky: #1F4E9E }
@media (prefers-color-scheme: dark) {
  :root { --ink: #E9ECF5; --quiet: #AEB7CC; --paper: #0F1524; --sky: #9DBDFF }
}
html { color-scheme: light dark }
body { margin: 3rem auto; width: calc(100% - 2.5rem); max-width: 34rem; color: var(--ink);
  background: var(--paper); font: 1.0625rem/1.5 system-ui, "Noto Sans", sans-serif }
h1 { font-size: 1.75rem; line-height: 1.2 }
:lang(ko) { word-break: keep-all }
a { color: var(--sky) }
.q { color: var(--quiet) }
"""


class Pages:
    """The pages in every language: for whoever reads, and for whoever hands something in."""

    def __init__(self) -> None:
        self._made = {
            (language, reads): _make(language, reads=reads)
            for language in LANGUAGES
            for reads in (True, False)
        }
        style = b64encode(sha256(STYLE.encode()).digest()).decode()
        policy = f"default-src 'none'; img-src data:; style-src 'sha256-{style}'"
        self.headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", f"{policy}; base-uri 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ]

    def page(self, environ: Mapping[str, Any]) -> bytes | None:
        """The page for a request as WSGI hands it over; None for who wants none, as programs."""
        if "text/html" not in environ.get("HTTP_ACCEPT", ""):
            return None
        language = next(each for each in _wanted(environ) if each in LANGUAGES)
        return self._made[language, environ["REQUEST_METHOD"] in ("GET", "HEAD")]


def _make(language: str, *, reads: bool) -> bytes:
    context = {"language": language, "reads": reads, "style": STYLE}
    with translation.override(language):
        return get_template("public/crowded.html.jinja").render(context).encode()


def _wanted(environ: Mapping[str, Any]) -> Iterator[str]:
    """The languages that a request asks for, the most wanted first: that of the address, as on all
    pages; that of the city; those of the browser."""
    first, _, rest = environ["PATH_INFO"].lstrip("/").partition("/")
    yield from (first, rest.partition("/")[0])
    yield from languages_known(first, environ.get("HTTP_HOST", ""))[:1]
    for tag, _weight in parse_accept_lang_header(environ.get("HTTP_ACCEPT_LANGUAGE", "")):
        yield tag.partition("-")[0].lower()
    yield "en"
