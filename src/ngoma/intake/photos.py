"""Photos: checked before a pixel is decoded, turned upright, freed of metadata, sized.

Copies are made from pixels alone: no EXIF, no position. The original stays in private storage, byte
for byte as it came, and so do these copies: `blurring` makes those that the public sees.
"""

import ctypes
import hashlib
import io
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import IO

import pillow_heif
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from PIL import ExifTags, Image, UnidentifiedImageError

from ngoma.base.clock import now
from ngoma.casework.erasing import photos_of
from ngoma.intake.storage import save
from ngoma.records.models import Event, Job, Photo
from ngoma.records.queries.photos import SIZES, inside_path, public_path
from ngoma.triage.pictures import fingerprint
from ngoma.work.queue import put

MOST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}
"""What is taken, by Pillow's name, with the ending of the original. MPO is a JPEG of several."""

BLUR = "intake.blur"
"""The job that makes the public copies of a photo."""

QUALITY = 78
UNUSED = timedelta(days=4)
"""How long a photo waits for the report that it was sent for: longer than any form is taken."""

_BEGINNING = re.compile(
    rb"\xff\xd8\xff|\x89PNG|RIFF.{4}WEBP|.{4}ftyp(?:hei|hev|mif|msf)", re.DOTALL
)
"""How files of these formats begin, also those that did not arrive whole."""

_M_MMAP_THRESHOLD = -3
"""Of malloc.h: from how many bytes on a block is mapped by itself."""

_OPENED = tuple(FORMATS.keys() - {"MPO"})
_LARGEST = max(SIZES.values())
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its EXIF orientation."""

_ON_THEIR_SIDE = frozenset(_TURNS[orientation] for orientation in (5, 6, 7, 8))

# A photo of 40 Mpx takes up to 350 MB while it is decoded: one at a time in a process.
_decoding = Lock()

pillow_heif.register_heif_opener()


def _give_memory_back() -> None:
    """Have the C library return each large block to the system as soon as it is freed.

    Left alone, glibc learns from large blocks to keep them, some for every thread that ever
    decoded a photo. Libraries that do not know `mallopt` are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 1 << 20)


_give_memory_back()


class PhotoRefused(ValueError):
    """The bytes are no photo that can be taken; `code` is `too_large`, `type` or `unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"photo refused: {code}")
        self.code = code


def check(data: bytes) -> str:
    """The format of a photo (a key of `FORMATS`), from its header alone. Raises `PhotoRefused`."""
    if len(data) > MOST_BYTES:
        raise PhotoRefused("too_large")
    with _opened(data) as image:
        return str(image.format)


def store(
    data: bytes,
    *,
    kind: str = Photo.Kind.REPORT,
    upload: str | None = None,
    at: datetime | None = None,
) -> Photo:
    """Keep a photo in private: the original, and smaller upright copies.

    It belongs to no report or case yet. When this returns the files are on disk, and the job that
    makes its public copies is put. Raises
    `PhotoRefused`, and IntegrityError where the `upload` (the sender's own name for it) is kept
    already; then nothing is kept.
    """
    ending = FORMATS[check(data)]
    upright, (width, height) = _upright(data)
    name = secrets.token_hex(16)
    original = f"private/originals/{name[:2]}/{name}.{ending}"
    try:
        for size, edge in SIZES.items():
            copy = upright.copy()
            copy.thumbnail((edge, edge), Image.Resampling.LANCZOS)
            save(inside_path(name, size), jpeg(copy))
        save(original, data)
        with transaction.atomic():
            photo = Photo.objects.create(
                kind=kind,
                name=name,
                digest=hashlib.sha256(data).hexdigest(),
                width=width,
                height=height,
                original=original,
                upload=upload,
                added_at=at or now(),
                likeness=fingerprint(upright),
            )
            put(BLUR, {"photo": photo.pk}, key=_key(photo))
        return photo
    except (IntegrityError, OSError):
        _delete_files(name, original, None)
        raise
    except OperationalError:
        # It may be kept all the same, and only we do not hear of it any more.
        with suppress(DatabaseError):
            if not Photo.objects.filter(name=name).exists():
                _delete_files(name, original, None)
        raise


def discard(stored: Iterable[Photo]) -> None:
    """Forget photos that came to belong to nothing, with their files."""
    for photo in stored:
        with transaction.atomic():
            # Held: a report that takes the photo at this moment keeps it, and its public copies
            # may just have been made.
            loose = Photo.objects.filter(pk=photo.pk, report=None, case=None)
            held = loose.select_for_update().first()
            if held is None:
                continue
            Job.objects.filter(key=_key(photo)).delete()
            held.delete()
        _delete_files(photo.name, photo.original, held.edition)


def _key(photo: Photo) -> str:
    return f"{BLUR} {photo.pk}"


def discard_unused(at: datetime | None = None) -> int:
    """Delete the photos that no report took in time; returns how many. Called by the clock."""
    before = (at or now()) - UNUSED
    forgotten = list(Photo.objects.filter(report=None, case=None, added_at__lt=before)[:500])
    discard(forgotten)
    return len(forgotten)


def erase(event: int, case: int) -> None:
    """The job after an erasure: delete the photos of the report and their files."""
    reference = Event.objects.get(pk=event).data["reference"]
    for photo in photos_of(reference, case):
        _delete_files(photo.name, photo.original, photo.edition)
        photo.delete()


def open_inside(name: str, size: str) -> IO[bytes]:
    """The copy of a photo as it is. Raises FileNotFoundError.

    Before it is worked off, what an older version kept lies where public copies are.
    """
    try:
        return default_storage.open(inside_path(name, size))
    except FileNotFoundError:
        return default_storage.open(public_path(name, size))


def delete_public(shown: str) -> None:
    """Delete the public copies of this name."""
    for size in SIZES:
        default_storage.delete(public_path(shown, size))


def _delete_files(name: str, original: str, edition: str | None) -> None:
    for path in (original, *(inside_path(name, size) for size in SIZES)):
        default_storage.delete(path)
    delete_public(name)  # as older versions kept it
    if edition is not None:
        delete_public(f"{name}-{edition}")


def _upright(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The pixels as the camera was held, in RGB and no larger than is shown, and the full size."""
    with _decoding, _opened(data) as image:
        width, height = image.size
        turn = _TURNS.get(_orientation(image))
        # JPEG is decoded at the half, quarter or eighth that is still large enough.
        longest = max(width, height, _LARGEST)
        image.draft("RGB", (width * _LARGEST // longest, height * _LARGEST // longest))
        image.load()
        sized = _sizable(image)
        sized.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
        plain = _on_white(sized)
    if turn is None:
        return plain, (width, height)
    turned = plain.transpose(turn)
    return turned, (height, width) if turn in _ON_THEIR_SIDE else (width, height)


def _orientation(image: Image.Image) -> int:
    """As EXIF has it; upright where that is damaged, for the pixels may be whole."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1


def _sizable(image: Image.Image) -> Image.Image:
    """The same in a mode whose pixels can be averaged, at eight bits, with what is transparent."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or image.mode == "PA":
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("P", "1") else image


def _on_white(image: Image.Image) -> Image.Image:
    """In RGB, with white behind what is transparent."""
    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return white


def jpeg(image: Image.Image) -> bytes:
    """The image alone as JPEG: a new file from pixels carries nothing of the old one."""
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The photo, its pixels not decoded yet. Whatever a decoder says of bad bytes is a refusal."""
    try:
        with Image.open(io.BytesIO(data), formats=_OPENED) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PhotoRefused("too_large")
            yield image
    except PhotoRefused:
        raise
    except UnidentifiedImageError:
        raise PhotoRefused("unreadable" if _BEGINNING.match(data) else "type") from None
    except Image.DecompressionBombError:
        raise PhotoRefused("too_large") from None
    except Exception:
        raise PhotoRefused("unreadable") from None
