"""The public copies of photos, with faces and number plates blurred: made by the worker.

Until it has made them, a photo is not public. Where nothing can look for faces, or a photo cannot
be read, it stays so until a person has said at the desk what is to be blurred.
"""

import io
import secrets
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from ngoma.base.clock import now
from ngoma.intake import faces
from ngoma.intake.photos import delete_public, jpeg, open_inside
from ngoma.intake.storage import save
from ngoma.records.models import Event, Photo
from ngoma.records.queries.photos import SIZES, inside_path, public_path
from ngoma.triage.pictures import fingerprint

CELLS = 6
"""What is blurred keeps the mean colours of so many cells along its longer side."""

AFTER = timedelta(minutes=10)
"""How long a photo waits for its own job before the clock looks at it."""

BUSY = 1.0
"""Seconds that the clock spends on waiting photos in one go."""

log = structlog.get_logger(__name__)


def blur(photo: int) -> None:
    """The job after a photo came, or after somebody marked what is to be blurred in it."""
    known = Photo.objects.filter(pk=photo, edition=None).first()
    if known is None:
        return
    try:
        with open_inside(known.name, "large") as file:
            picture = Image.open(io.BytesIO(file.read()), formats=["JPEG"]).convert("RGB")
        areas = known.blurs if known.blurs is not None else _look(picture)
    except (FileNotFoundError, UnidentifiedImageError, SyntaxError) as error:
        log.warning("photo waits for a person", photo=known.name, error=str(error))
        Photo.objects.filter(pk=photo, edition=None, blurs__isnull=True).update(blurs=[])
        return
    if areas is not None:
        _publish(known, picture, areas)


def blur_again(event: int, case: int) -> None:
    """The job after a redaction: where it was of what is blurred in a photo, new public copies."""
    told = Event.objects.get(pk=event, case=case).data
    if "blurs" not in told:
        return
    photo = Photo.objects.filter(pk=told["photo"]).first()
    if photo is not None:
        if told["edition"] is not None:
            delete_public(f"{photo.name}-{told['edition']}")
        blur(photo.pk)


def blur_waiting() -> int:
    """Work off photos that nobody has looked at, the newest first; returns how many. Called by the
    clock, for what an older version kept and for what came while no detector was there."""
    if not faces.available():
        return 0
    started, done = monotonic(), 0
    waiting = Photo.objects.filter(edition=None, blurs__isnull=True, added_at__lt=now() - AFTER)
    for photo in waiting.order_by("-pk").values_list("pk", flat=True)[:100]:
        blur(photo)
        done += 1
        if monotonic() - started > BUSY:
            break
    return done


def blurred(picture: Image.Image, areas: Sequence[Sequence[int]]) -> Image.Image:
    """The picture with nothing left in the areas but a few mean colours."""
    found = picture.copy()
    for left, top, width, height in areas:
        box = _pixels(picture, left, top, width, height)
        part = picture.crop(box)
        cell = max(part.width, part.height) / CELLS
        cells = max(1, round(part.width / cell)), max(1, round(part.height / cell))
        means = part.resize(cells, Image.Resampling.BOX)
        found.paste(means.resize(part.size, Image.Resampling.BICUBIC), box)
    return found


def _pixels(
    picture: Image.Image, left: int, top: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """Edges of an area, rounded outwards."""
    whole, wide, high = faces.WHOLE, picture.width, picture.height
    right, bottom = left + width, top + height
    return (
        left * wide // whole,
        top * high // whole,
        max(-(-right * wide // whole), left * wide // whole + 1),
        max(-(-bottom * high // whole), top * high // whole + 1),
    )


def _look(picture: Image.Image) -> list[faces.Area] | None:
    """What is to be blurred; None where nothing here can tell."""
    return faces.find(picture) if faces.available() else None


def _publish(known: Photo, picture: Image.Image, areas: Sequence[Sequence[int]]) -> None:
    """Make the public copies, and let them be shown once they are on disk."""
    edition = secrets.token_hex(4)
    shown, hidden = f"{known.name}-{edition}", blurred(picture, areas)
    for size, edge in SIZES.items():
        copy = hidden.copy()
        copy.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        save(public_path(shown, size), jpeg(copy))
    _bring_inside(known.name)
    with transaction.atomic():
        held = Photo.objects.select_for_update().filter(pk=known.pk, edition=None).first()
        # Somebody may have been faster, or have marked something else meanwhile.
        if held is not None and held.blurs == known.blurs:
            held.edition, held.blurs = edition, [list(area) for area in areas]
            held.likeness = fingerprint(picture)
            held.save(update_fields=["edition", "blurs", "likeness"])
            return
    delete_public(shown)


def _bring_inside(name: str) -> None:
    """Take what an older version kept for the public to where only those come who may see it."""
    for size in SIZES:
        old = public_path(name, size)
        if default_storage.exists(old):
            if not default_storage.exists(inside_path(name, size)):
                with default_storage.open(old, "rb") as file:
                    save(inside_path(name, size), file.read())
            default_storage.delete(old)
