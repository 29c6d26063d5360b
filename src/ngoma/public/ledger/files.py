"""The files of the log, as https://c2sp.org/tlog-tiles has them, and what it takes to check them.

Any web server could serve them: nothing here depends on who asks.
"""

import zlib
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ngoma.ledger import publishing, stamping, tree
from ngoma.records.models import Checkpoint, Day, LedgerKey

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
SOON = "public, max-age=2"
"""What grows: nothing may keep it for long."""
FOR_EVER = "public, max-age=31536000, immutable"
FEED = 30
"""Checkpoints in the feed, one an hour at most."""

HANDOUT = Path(__file__).resolve().parents[1] / "handout" / "ngoma_verify.py"

File = tuple[bytes, str, str]
"""Content, media type and how long it may be kept."""


def _file(view: Callable[..., File]) -> Callable[..., HttpResponse]:
    """Serve what a view gives, to pages of other origins as well: checking must not need us."""

    @require_safe
    @gzip_page
    @wraps(view)
    def served(request: HttpRequest, **rest: object) -> HttpResponse:
        content, kind, keep = view(request, **rest)
        response = HttpResponse(content, content_type=kind)
        response["Cache-Control"] = keep
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return served


@_file
def checkpoint(request: HttpRequest) -> File:
    """The newest checkpoint that enough witnesses have cosigned."""
    published = publishing.newest()
    if published is None:
        raise Http404("the log has not begun")
    return published.note.encode(), TEXT, SOON


@_file
def tile(request: HttpRequest, path: str) -> File:
    """Hashes, or a bundle of entries."""
    published = publishing.newest()
    try:
        content = tree.file(f"tile/{path}", published.size if published else 0)
    except tree.NoFile:
        raise Http404(path) from None
    return content, BYTES, FOR_EVER


@_file
def vkey(request: HttpRequest) -> File:
    """The key that checks the log's signature; two lines while one takes over from another."""
    keys = publishing.log_keys()
    if not keys:
        raise Http404("the log has not begun")
    return "".join(f"{key}\n" for key in keys).encode(), TEXT, SOON


@_file
def policy(request: HttpRequest) -> File:
    """The log, its witnesses, and how many of them must have cosigned."""
    return publishing.policy_text().encode(), TEXT, SOON


@_file
def handover(request: HttpRequest) -> File:
    """The notes by which each key was handed over to the next, signed by both."""
    notes = LedgerKey.objects.exclude(handover="").order_by("pk")
    return "\n".join(notes.values_list("handover", flat=True)).encode(), TEXT, SOON


@_file
def index(request: HttpRequest, day: str) -> File:
    """The counts of a day."""
    try:
        row = Day.objects.get(day=date.fromisoformat(day))
    except (ValueError, Day.DoesNotExist):
        raise Http404(day) from None
    return zlib.decompress(bytes(row.counts)), TEXT, FOR_EVER


@_file
def stamp(request: HttpRequest, size: str, kind: str) -> File:
    """The time stamp of a checkpoint (`tsr`), or what was stamped (`txt`)."""
    row = Checkpoint.objects.filter(size=int(size), stamp__isnull=False).order_by("pk").first()
    if row is None or row.stamp is None:
        raise Http404(f"no time stamp of {size}")
    if kind == "tsr":
        return bytes(row.stamp), "application/timestamp-reply", FOR_EVER
    return stamping.stamped(row), TEXT, FOR_EVER


@_file
def program(request: HttpRequest) -> File:
    """One file of Python that checks receipts, for whoever does not trust this site to."""
    return HANDOUT.read_bytes(), "text/x-python; charset=utf-8", SOON


@_file
def feed(request: HttpRequest) -> File:
    """Checkpoints as an Atom feed: whoever reads it keeps them where the city cannot reach."""
    found = Atom1Feed(
        title="Ledger",
        link=request.build_absolute_uri("/ledger/checkpoint"),
        description="Checkpoints of the public log",
        feed_url=request.build_absolute_uri(),
    )
    for row in publishing.hourly(FEED):
        found.add_item(
            title=str(row.size),
            link=request.build_absolute_uri("/ledger/checkpoint"),
            unique_id=f"{request.build_absolute_uri('/ledger/checkpoint')}#{row.size}",
            description=row.note,
            updateddate=row.made_at,
        )
    return found.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8", SOON
