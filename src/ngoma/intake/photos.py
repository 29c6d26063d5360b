"""Photos: checked before a pixel is decoded, turned upright, freed of metadata, sized.

The public copies are made from pixels alone: no EXIF, no position. The original stays in private
storage, byte for byte as it came.
"""

import hashlib
import io
import secrets
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pillow_heif
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from ngoma.base.clock import now
from ngoma.records.models import Photo
from ngoma.records.queries.photos import SIZES, public_path

MOST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
QUALITY = 78

pillow_heif.register_heif_opener()


class PhotoRefused(ValueError):
    """The bytes are no photo that can be taken; `code` is `too_large`, `type` or `unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"photo refused: {code}")
        self.code = code


def check(data: bytes) -> str:
    """The format of a photo, from its header alone. Raises `PhotoRefused`."""
    if len(data) > MOST_BYTES:
        raise PhotoRefused("too_large")
    with _refusing(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise PhotoRefused("too_large")
        return str(image.format)


def store(data: bytes, *, kind: str = Photo.Kind.REPORT, at: datetime | None = None) -> Photo:
    """Keep a photo: the original in private, smaller upright copies to be shown.

    It belongs to no report or case yet. Raises `PhotoRefused`.
    """
    form = check(data)
    upright = _upright(data)
    name = secrets.token_hex(16)
    for size, edge in SIZES.items():
        copy = upright.copy()
        copy.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        _save(public_path(name, size), _jpeg(copy))
    original = _save(f"private/originals/{name[:2]}/{name}.{form.lower()}", data)
    return Photo.objects.create(
        kind=kind,
        name=name,
        digest=hashlib.sha256(data).hexdigest(),
        width=upright.width,
        height=upright.height,
        original=original,
        added_at=at or now(),
    )


def discard(stored: Iterable[Photo]) -> None:
    """Forget photos that came to belong to nothing, with their files."""
    for photo in Photo.objects.filter(pk__in=[each.pk for each in stored], report=None, case=None):
        photo.delete()
        for path in (photo.original, *(public_path(photo.name, size) for size in SIZES)):
            default_storage.delete(path)


def _upright(data: bytes) -> Image.Image:
    """The pixels as the camera was held, in plain RGB on white."""
    largest = max(SIZES.values())
    with _refusing(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft("RGB", (largest * 2, largest * 2))
        image.load()
        turned = ImageOps.exif_transpose(image)
        if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
            layer = turned.convert("RGBA")
            white = Image.new("RGB", layer.size, "white")
            white.paste(layer, mask=layer.getchannel("A"))
            return white
        return turned.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    """The image alone as JPEG: a new file from pixels carries nothing of the old one."""
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _save(path: str, data: bytes) -> str:
    return default_storage.save(path, ContentFile(data))


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a decoder says of bad bytes is a refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except PhotoRefused:
        raise
    except UnidentifiedImageError:
        raise PhotoRefused("type") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoRefused("too_large") from None
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, IndexError):
        raise PhotoRefused("unreadable") from None
