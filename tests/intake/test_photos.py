"""Photos: their copies upright, sized and mute; in private as they came; and what is no photo."""

import hashlib
import io
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.intake import photos
from ngoma.intake.photos import PhotoRefused
from ngoma.intake.submit import submit
from ngoma.public import drafts
from ngoma.records.models import Photo
from ngoma.records.queries.photos import SIZES, inside_path
from tests.casework import MONDAY
from tests.intake import told
from tests.intake.pictures import (
    CORNERS,
    FORMATS,
    MAKER,
    as_taken,
    corners,
    encoded,
    png,
    scene,
    segments,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
Media = Callable[[], set[str]]


def copied(photo: Any, size: str = "large") -> bytes:
    with default_storage.open(inside_path(photo.name, size)) as file:
        return bytes(file.read())


def shown(photo: Any, size: str = "large") -> Image.Image:
    return Image.open(io.BytesIO(copied(photo, size)))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright_however_the_camera_was_held(form: str, orientation: int) -> None:
    photo = photos.store(as_taken(form, orientation))
    for size in SIZES:
        assert corners(shown(photo, size)) == list(CORNERS)
    assert (photo.width, photo.height) == (600, 400)


@pytest.mark.parametrize("form", FORMATS)
def test_copies_hold_nothing_but_pixels(form: str) -> None:
    data = as_taken(form, 6)
    assert MAKER.encode() in data
    photo = photos.store(data)
    for size in SIZES:
        copy = copied(photo, size)
        assert MAKER.encode() not in copy
        # Of what an application may add (APPn, comments) only JFIF's own header is there.
        assert {m for m in segments(copy) if m >= 0xE0} == {0xE0}
        assert not Image.open(io.BytesIO(copy)).getexif()


def test_texts_and_profiles_of_a_file_stay_private() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", MAKER)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{MAKER}</x>")
    data = encoded(scene(), "PNG", pnginfo=words, icc_profile=MAKER.encode() * 20)
    copy = copied(photos.store(data))
    assert {m for m in segments(copy) if m >= 0xE0} == {0xE0}
    commented = encoded(scene(), "JPEG", comment=MAKER, xmp=MAKER.encode())
    assert {m for m in segments(copied(photos.store(commented))) if m >= 0xE0} == {0xE0}


@pytest.mark.parametrize("form", FORMATS)
def test_the_original_stays_as_it_came_byte_for_byte(form: str, media: Media) -> None:
    data = as_taken(form, 5)
    photo = photos.store(data)
    with default_storage.open(photo.original) as file:
        assert file.read() == data
    assert photo.digest == hashlib.sha256(data).hexdigest()
    assert photo.original.startswith("private/")
    copies = {inside_path(photo.name, size) for size in SIZES}
    assert media() == {photo.original, *copies}, "nothing is public that nobody has looked at"


def test_copies_fit_their_sizes_and_nothing_is_blown_up() -> None:
    wide = photos.store(encoded(scene(4000, 1000), "JPEG"))
    assert (shown(wide).size, shown(wide, "small").size) == ((1600, 400), (480, 120))
    assert (wide.width, wide.height) == (4000, 1000)
    assert shown(photos.store(encoded(scene(300, 200), "PNG"))).size == (300, 200)
    assert shown(photos.store(encoded(scene(1, 1), "PNG"))).size == (1, 1)
    assert min(shown(photos.store(encoded(scene(9000, 2), "PNG")), "small").size) == 1


def uneven() -> dict[str, bytes]:
    """Photos in ways of writing that cameras, scanners and telephones use besides plain RGB."""
    clear = scene().convert("RGBA")
    clear.paste((0, 0, 0, 0), (300, 200, 600, 400))
    grey = scene().convert("L")
    deep = Image.frombytes("I;16", grey.size, bytes(v for v in grey.tobytes() for _ in "hl"))
    frames = [scene().convert("P") for _ in range(3)]
    return {
        "cmyk": encoded(scene().convert("CMYK"), "JPEG"),
        "progressive": encoded(scene(), "JPEG", progressive=True),
        "several in one": encoded(scene(), "MPO", save_all=True, append_images=[scene()]),
        "palette": encoded(scene().convert("P"), "PNG"),
        "palette with transparency": encoded(clear.quantize(8), "PNG"),
        "transparent": encoded(clear, "PNG"),
        "transparent grey": encoded(clear.convert("LA"), "PNG"),
        "transparent webp": encoded(clear, "WEBP", lossless=True),
        "transparent heic": encoded(clear, "HEIF", quality=90),
        "sixteen bits": encoded(deep, "PNG"),
        "one bit": encoded(scene().convert("1"), "PNG"),
        "animated png": encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "animated webp": encoded(scene(), "WEBP", save_all=True, append_images=[scene()] * 3),
    }


@pytest.mark.parametrize("name", sorted(uneven()))
def test_every_way_of_writing_a_photo_is_shown(name: str) -> None:
    picture = shown(photos.store(uneven()[name]))
    assert (picture.mode, picture.size) == ("RGB", (600, 400))
    colours = name in ("cmyk", "progressive", "several in one", "palette") or "animated" in name
    if colours:
        assert corners(picture) == list(CORNERS)
    if "transparen" in name:
        assert min(picture.getpixel((500, 300))) > 240, "what is clear is shown on white"


def test_sixteen_bits_keep_their_shades() -> None:
    picture = shown(photos.store(uneven()["sixteen bits"])).convert("L")
    eight = scene().convert("L")
    for spot in ((100, 100), (500, 100), (100, 300), (500, 300)):
        assert abs(picture.getpixel(spot) - eight.getpixel(spot)) <= 3


def test_damaged_exif_does_not_cost_the_photo() -> None:
    data = encoded(scene(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0rubbish")
    assert corners(shown(photos.store(data))) == list(CORNERS)


def stuffed(kind: bytes, head: bytes) -> bytes:
    """A PNG with 200 MB of nothing packed into a chunk beside the pixels."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    pixels = zlib.compress(bytes((8 + 1) * 8))
    return png(8, 8, (kind, head + packed), (b"IDAT", pixels))


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "type"),
    "a PDF": (lambda: PDF, "type"),
    "an SVG": (lambda: SVG, "type"),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", "type"),
    "a GIF": (lambda: encoded(scene(), "GIF"), "type"),
    "a TIFF": (lambda: encoded(scene(), "TIFF"), "type"),
    "an archive": (lambda: b"PK\x03\x04" + bytes(100), "type"),
    "more than 12 MB": (lambda: encoded(scene(), "JPEG") + bytes(12_000_000), "too_large"),
    "more than 40 Mpx": (lambda: encoded(Image.new("1", (6400, 6400)), "PNG"), "too_large"),
    "a giant header": (lambda: png(2**31 - 1, 2**31 - 1, (b"IDAT", b"")), "too_large"),
    "a wide header": (lambda: png(100_000, 1000, (b"IDAT", b"")), "too_large"),
    "no pixels": (lambda: png(100, 100), "unreadable"),
    "half a JPEG": (lambda: as_taken("JPEG", 1)[:2500], "unreadable"),
    "half a PNG": (lambda: as_taken("PNG", 1)[:-400], "unreadable"),
    "half a WebP": (lambda: as_taken("WEBP", 1)[:-200], "unreadable"),
    "half a HEIC": (lambda: as_taken("HEIF", 1)[:-200], "unreadable"),
    "a stuffed profile": (lambda: stuffed(b"iCCP", b"x\0\0"), "unreadable"),
    "stuffed words": (lambda: stuffed(b"zTXt", b"x\0\0"), "unreadable"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_by_its_code_and_leaves_nothing(
    name: str, media: Media
) -> None:
    make, code = REFUSED[name]
    with pytest.raises(PhotoRefused) as refused:
        photos.store(make())
    assert refused.value.code == code
    assert media() == set()
    assert not Photo.objects.exists()


def test_twelve_megabytes_and_forty_megapixels_are_taken() -> None:
    data = encoded(Image.new("1", (8000, 5000), 1), "PNG")
    photo = photos.store(data + bytes(photos.MOST_BYTES - len(data)))
    assert (photo.width, photo.height) == (8000, 5000)


def test_a_photo_that_no_report_took_is_dropped_in_time(town: Book, media: Media) -> None:
    with frozen(MONDAY):
        _, used = (photos.store(encoded(scene(), "PNG")) for _ in range(2))
        submit(told(town, kept=(used.name,)))
    assert photos.discard_unused(MONDAY + photos.UNUSED) == 0
    assert photos.discard_unused(MONDAY + photos.UNUSED + timedelta(seconds=1)) == 1
    assert list(Photo.objects.all()) == [used]
    assert len(media()) == 1 + len(SIZES)
    photos.discard([used])
    assert Photo.objects.exists(), "a report has it"


def test_a_photo_outlives_the_form_that_it_was_sent_in() -> None:
    assert photos.UNUSED.total_seconds() > drafts.LIFE


SEEDS = [as_taken(form, 6)[:60_000] for form in FORMATS] + list(uneven().values())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_bytes_are_a_photo_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    """Whatever bytes are changed, taken out or put in."""
    seed = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(seed) - 1, 700)))
        old, new = data.draw(st.integers(0, 4)), data.draw(st.binary(max_size=4))
        seed[at : at + old] = new
    with suppress(PhotoRefused):
        assert max(shown(photos.store(bytes(seed))).size) <= 1600


MEASURE = """
import pickle, sys, threading
import tests.conftest
from ngoma.intake.photos import PhotoRefused, _upright, check

def highest():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024

def decode(data):
    try:
        check(data)
        _upright(data)
    except PhotoRefused:
        pass

several = pickle.load(sys.stdin.buffer)
before = highest()
for data in several:
    threads = [threading.Thread(target=decode, args=(data,)) for _ in range(4)]
    for each in threads: each.start()
    for each in threads: each.join()
    print(highest() - before)
"""


def test_memory_stays_bounded_however_many_send_large_photos_at_once() -> None:
    """In megabytes, each sent by four at once; what was reached stays reached."""
    several = {
        "a giant header": (REFUSED["a giant header"][0](), 30),
        "a stuffed profile": (REFUSED["a stuffed profile"][0](), 80),
        "JPEG": (encoded(Image.new("RGB", (8000, 5000)), "JPEG"), 120),
        "PNG": (encoded(Image.new("RGBA", (8000, 5000)), "PNG", compress_level=1), 480),
    }
    given = pickle.dumps([data for data, _ in several.values()])
    run = subprocess.run(
        [sys.executable, "-c", MEASURE], input=given, stdout=subprocess.PIPE, check=True
    )
    for (name, (_, most)), reached in zip(several.items(), run.stdout.split(), strict=True):
        assert int(reached) < most, name
