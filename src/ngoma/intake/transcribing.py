"""What a recording says, as a machine understands it: any endpoint that speaks as OpenAI's does.

It is off unless NGOMA_TRANSCRIBER_URL names one. What it understood stands beside the recording,
for triage and for who listens; it is no word of the reporter and is never published. Where it is
away or of no use, the report waits for a person as it would without it.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import httpcore
import httpx
import msgspec
import structlog
from django.conf import settings
from django.db import transaction

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.base.outside import Unfetchable, may_be_told
from ngoma.base.parsing import Unparsable, parsed
from ngoma.base.posting import ask
from ngoma.intake import recordings
from ngoma.intake.submit import LONGEST_WORDS
from ngoma.records.models import Recording
from ngoma.work.queue import put

TRANSCRIBE = "intake.transcribe"
READ_HEARD = "proposals.read_heard"
AGAIN = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long a service that failed is left alone before it is asked for the same once more."""

BUSY = (408, 409, 425, 429)
_MOST_BYTES = 200_000

log = structlog.get_logger(__name__)


class _Away(Exception):
    """Nothing came of it, and that may change."""


class _Answer(msgspec.Struct):
    text: str


def order(recording: Recording) -> None:
    """Have a recording transcribed, where the city has a service for it."""
    if settings.NGOMA_TRANSCRIBER_URL and not recording.heard:
        put(TRANSCRIBE, {"recording": recording.pk}, key=f"transcribe {recording.pk}")


def transcribe(*, recording: int, tries: int = 0) -> None:
    """The job: keep what the service understands, and let triage read it."""
    known = Recording.objects.filter(pk=recording, heard="").first()
    if known is None or not settings.NGOMA_TRANSCRIBER_URL:
        return
    try:
        heard = clean(_posted(known))[:LONGEST_WORDS].strip()
    except _Away as away:
        log.warning("not transcribed", recording=recording, reason=str(away), tries=tries)
        if tries < len(AGAIN):
            told = {"recording": recording, "tries": tries + 1}
            put(TRANSCRIBE, told, run_at=now() + AGAIN[tries])
        return
    except (Unfetchable, Unparsable) as error:
        # Told in our own words; other messages may quote what was said.
        reason = str(error) if isinstance(error, Unfetchable) else "it makes no sense"
        log.warning("not transcribed", recording=recording, reason=reason)
        return
    with transaction.atomic():
        if heard and Recording.objects.filter(pk=recording).update(heard=heard):
            put(READ_HEARD, {"report": known.report_id})


def _posted(recording: Recording) -> str:
    """What the service says. Raises `_Away`, `Unfetchable`, `Unparsable`."""
    url = f"{settings.NGOMA_TRANSCRIBER_URL}/audio/transcriptions"
    name = f"voice.{recording.path.rpartition('.')[2]}"
    form = httpx.Request(
        "POST",
        url,
        data={"model": settings.NGOMA_TRANSCRIBER_MODEL, "response_format": "json"},
        files={"file": (name, recordings.content(recording), recording.kind)},
    )
    headers = [("Content-Type", form.headers["Content-Type"]), ("User-Agent", "Ngoma")]
    if settings.NGOMA_TRANSCRIBER_KEY:
        headers.append(("Authorization", f"Bearer {settings.NGOMA_TRANSCRIBER_KEY}"))
    secure = urlsplit(url).scheme == "https"
    try:
        status, said = ask(
            url,
            body=form.read(),
            headers=headers,
            seconds=settings.NGOMA_TRANSCRIBER_SECONDS,
            most=_MOST_BYTES,
            allowed=lambda address: may_be_told(address, secure=secure),
        )
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise _Away(type(error).__name__) from error
    if status in BUSY or status >= 500:
        raise _Away(f"HTTP {status}")
    if status != 200:
        raise Unfetchable(f"HTTP {status}")
    return parsed(said, _Answer).text
