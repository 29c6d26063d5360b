"""The pages: settings that face the world, the certificate, room for photos."""

import socket
import ssl
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http.request import validate_host

from ngoma.doctor.finding import Finding, ill, note, well
from ngoma.intake import faces as detectors
from ngoma.records.models import Photo

SOON = 14
"""Days before its end, by which a certificate should have been renewed."""
PATIENCE_S = 5.0
LEAST_SECRET = 43
"""Characters of 32 random bytes, as `settings.keys` makes them."""


def address() -> Iterator[Finding]:
    """The address that stands in every message, and what must never be set with real reports."""
    parts = urlsplit(settings.NGOMA_URL)
    host = parts.hostname or ""
    if parts.scheme != "https":
        do = "set NGOMA_URL=https://…: phones keep no reports without a network else"
        yield note("address", f"{settings.NGOMA_URL} is not https", do)
    elif not settings.NGOMA_BEHIND_PROXY:
        do = "set NGOMA_BEHIND_PROXY=yes, where the proxy sets X-Forwarded-Proto and -For"
        yield ill("address", "https, and no proxy is believed", do)
    else:
        yield well("address", settings.NGOMA_URL)
    if not validate_host(host, settings.NGOMA_HOSTS):
        yield ill("address", f"{host} is not answered", f"add {host} to NGOMA_HOSTS")
    for name in ("NGOMA_DEBUG", "NGOMA_DEMO"):
        if getattr(settings, name):
            do = f"unset {name}: it shows strangers what they must not see"
            yield note("address", f"{name} is set", do)


def deployment() -> Iterator[Finding]:
    """What Django itself says about production: at an address without https that would be all."""
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        yield ill("address", "NGOMA_SECRET_KEY is short", "unset it: a good one is made and kept")
    if not settings.NGOMA_URL.startswith("https:"):
        return
    said = [each for each in run_checks(include_deployment_checks=True) if not each.is_silenced()]
    for each in said:
        make = ill if each.level >= ERROR else note
        yield make("Django", f"{each.id}: {each.msg}", each.hint or "see Django's documentation")
    if not said:
        yield well("Django", "finds nothing amiss (check --deploy)")


def certificate() -> Iterator[Finding]:
    """Whether the certificate of the address is good, and how long still."""
    parts = urlsplit(settings.NGOMA_URL)
    if parts.scheme != "https":
        return
    where = (parts.hostname or "", parts.port or 443)
    try:
        with (
            socket.create_connection(where, timeout=PATIENCE_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=where[0]) as secured,
        ):
            ends = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
    except ssl.SSLError as error:
        yield ill("certificate", error.reason or "not good", "look at the proxy's log")
        return
    except OSError as error:
        do = "is the proxy running, and does the name lead here?"
        yield ill("certificate", f"{where[0]} does not answer: {error.strerror or error}", do)
        return
    days = (datetime.fromtimestamp(ends, UTC) - datetime.now(UTC)).days
    if days < SOON:
        yield ill("certificate", f"good for {days} days", "why does the proxy not renew it?")
    else:
        yield well("certificate", f"good for {days} days")


def photos() -> Iterator[Finding]:
    """Whether photos can be stored."""
    where = settings.NGOMA_MEDIA_BUCKET or str(settings.MEDIA_ROOT)
    try:
        name = default_storage.save(f"private/doctor-{uuid.uuid4().hex}", ContentFile(b"well"))
        default_storage.delete(name)
    except Exception as error:
        do = f"let the user of web and worker write to {where}"
        yield ill("photos", f"cannot be stored: {type(error).__name__}", do)
    else:
        yield well("photos", f"can be stored in {where}")


def faces() -> Iterator[Finding]:
    """Whether faces in photos can be looked for, and what waits for a person to do so."""
    if not detectors.available():
        do = "pip install 'opencv-python-headless<5': photos are not public until a person looked"
        yield ill("faces", "nothing here can look for them in photos", do)
    unread = Photo.objects.filter(edition=None, blurs=[], public=True).exclude(report=None).count()
    if unread:
        do = "open their cases at the desk, “What is blurred”"
        yield note("faces", f"{unread} photos could not be read and are not public", do)
    elif detectors.available():
        yield well("faces", "are looked for in photos")
