"""Photographs made for the tests, and what their bytes give away."""

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image

from ngoma.intake import blurring
from ngoma.records.models import Photo

CORNERS = {"red": (220, 20, 20), "green": (20, 160, 20), "blue": (20, 20, 220), "grey": (90,) * 3}
"""Colours of the upright picture: top left, top right, bottom left, bottom right."""

MAKER = "Acme Phone of Namatovu"
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

# What a camera stores for a picture to be shown upright, by EXIF orientation.
_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(width: int = 600, height: int = 400) -> Image.Image:
    """A picture whose four quarters differ."""
    image = Image.new("RGB", (width, height))
    half = width // 2, height // 2
    for number, colour in enumerate(CORNERS.values()):
        image.paste(colour, (half[0] * (number % 2), half[1] * (number // 2), width, height))
        if number == 0 or number == 2:
            image.paste(colour, (0, half[1] * (number // 2), half[0], height))
    return image


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def as_taken(form: str, orientation: int) -> bytes:
    """The scene as a camera held in this way stores it, with its maker and a position in EXIF."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKER
    exif[ExifTags.Base.Orientation] = orientation
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    position |= {1: "N", 2: (0.0, 18.0, 49.0), 3: "E", 4: (32.0, 34.0, 52.0)}
    exif._ifds[ExifTags.IFD.GPSInfo] = position
    turn = _STORED[orientation]
    image = scene() if turn is None else scene().transpose(turn)
    return encoded(image, form, exif=exif.tobytes())


def corners(image: Image.Image) -> list[str]:
    """The names of the colours in the four quarters, as `CORNERS` orders them."""
    width, height = image.size
    spots = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [_nearest(image.convert("RGB").getpixel(spot)) for spot in spots]


def _nearest(colour: Any) -> str:
    def distance(name: str) -> int:
        return sum(abs(a - b) for a, b in zip(CORNERS[name], colour, strict=True))

    return min(CORNERS, key=distance)


def segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG's segments before and between its scans (ITU T.81, annex B)."""
    assert jpeg[:2] == b"\xff\xd8"
    found, at = [], 2
    while jpeg[at + 1] != 0xD9:
        marker = jpeg[at + 1]
        found.append(marker)
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        while marker == 0xDA and (jpeg[at] != 0xFF or jpeg[at + 1] in (0, *range(0xD0, 0xD8))):
            at += 1
    assert at + 2 == len(jpeg), "nothing follows the end of the image"
    return found


def png(width: int, height: int, *chunks: tuple[bytes, bytes], depth: int = 8) -> bytes:
    """A PNG in grey with any header and any chunks: what no encoder would write."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def made_public() -> None:
    """Have the public copies made that wait for it, as the worker does where it finds no face."""
    Photo.objects.filter(edition=None, blurs=None).update(blurs=[])
    for waiting in Photo.objects.filter(edition=None):
        blurring.blur(waiting.pk)
