"""Cards: the picture that other sites show of a page. 1200 by 630 pixels, drawn with Pillow.

A picture on the left, what it is and how it stands on the right, in the colours of the pages.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont, ImageOps

from ngoma.public import drums
from ngoma.records.queries.photos import public_path

SIZE = WIDTH, HEIGHT = 1200, 630
MOST_BYTES = 150_000
QUALITIES = (84, 74, 62, 48)
KEPT = 64
"""Cards that a process keeps, of some 100 KB each."""

PICTURE = 640
"""Width of the picture on the left."""

LEFT, RIGHT = PICTURE + 48, WIDTH - 48
TEETH = 14
"""Height of the row of triangles that every page has at its top."""

Point = tuple[float, float]
Colours = tuple[str, str]

INK, QUIET, PAPER, LINE = "#14213D", "#4B556B", "#FBFAF7", "#D9D6CE"
LAND, EDGE, GREEN, WALL = "#EFECE4", "#7C8292", "#D6E6D0", "#F1EEE6"
BEFORE, AFTER = "#14213D", "#12583B"
TONES: dict[str, Colours] = {
    "leaf": ("#1B6E4B", "#E3F3EA"),
    "sky": ("#1F4E9E", "#E8EFFA"),
    "sun": ("#8A5A00", "#FFF3D6"),
    "": (QUIET, "#E9E6DE"),
}

FONTS = Path(__file__).parent / "fonts"
HEADING = ("NotoSerif-SemiBold", "NotoSansKR-Bold")
STRONG = ("NotoSans-SemiBold", "NotoSansKR-Bold")
PLAIN = ("NotoSans-Regular", "NotoSansKR-Regular")
"""Fonts by what they are for; a text is set in the first that has all its letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The outer edge of a place, in pixels of the picture."""

    edge: tuple[Point, ...]
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card shows. Equal ones look the same, so that each is drawn once.

    `photos` are names of public copies, with a label each: one, or one before and one after.
    Without any, `shapes` are the picture; without these it is the drums.
    """

    city: str
    title: str
    tone: str = ""
    tag: str = ""
    where: str = ""
    sentence: str = ""
    photos: tuple[tuple[str, str], ...] = ()
    shapes: tuple[Shape, ...] = ()


# FreeType's faces belong to one thread at a time; and drawing is dear, pages go first.
_drawing = Lock()


def draw(card: Card) -> bytes:
    """The card as JPEG."""
    with _drawing:
        return _drawn(card)


@lru_cache(maxsize=KEPT)
def _drawn(card: Card) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    _picture(image, card)
    _words(ImageDraw.Draw(image), card)
    drums.draw(image, LEFT, 62, 60)
    _teeth(ImageDraw.Draw(image))
    return _small_enough(image)


def _small_enough(image: Image.Image) -> bytes:
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def _teeth(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDTH, TEETH), fill=PAPER)
    for x in range(0, WIDTH, 2 * TEETH):
        pen.polygon([(x, 0), (x + 2 * TEETH, 0), (x + TEETH, TEETH)], fill=drums.RED)


def _picture(image: Image.Image, card: Card) -> None:
    photos = [(found, label) for name, label in card.photos if (found := _photo(name))]
    if photos:
        _photos(image, photos)
        return
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, PICTURE, HEIGHT), fill=WALL)
    if not card.shapes:
        drums.draw(image, 160, 190, 270)
    for shape in sorted(card.shapes, key=lambda each: each.marked):
        fill = GREEN if shape.marked else LAND
        pen.polygon(shape.edge, fill=fill, outline=EDGE, width=3 if shape.marked else 1)


def _photo(name: str) -> Image.Image | None:
    """The public copy, no larger than is needed; None where it is gone."""
    try:
        with default_storage.open(public_path(name, "large")) as file:
            image = Image.open(file, formats=["JPEG"])
            image.draft("RGB", (PICTURE, HEIGHT))
            return image.convert("RGB")
    except OSError:
        return None


def _photos(image: Image.Image, photos: Sequence[tuple[Image.Image, str]]) -> None:
    gap = 4
    width = (PICTURE - gap * (len(photos) - 1)) // len(photos)
    for number, (photo, label) in enumerate(photos):
        left = number * (width + gap)
        image.paste(ImageOps.fit(photo, (width, HEIGHT), Image.Resampling.LANCZOS), (left, 0))
        colours = ("#FFFFFF", AFTER if number else BEFORE)
        if label:
            _pill(ImageDraw.Draw(image), left + 20, TEETH + 20, label, colours)


def _words(pen: ImageDraw.ImageDraw, card: Card) -> None:
    """The right side, from top to bottom."""
    _name(pen, card.city)
    y = 150.0
    if card.tag:
        _pill(pen, LEFT, y, card.tag, TONES.get(card.tone, TONES[""]))
        y += 66
    y = _paragraph(pen, y, card.title, HEADING, INK, sizes=(56, 48, 40, 34), most=3) + 14
    y = _paragraph(pen, y, card.where, PLAIN, QUIET, sizes=(28, 25), most=2) + 22
    _paragraph(pen, y, card.sentence, STRONG, INK, sizes=(31, 28, 25, 22), most=4)


def _name(pen: ImageDraw.ImageDraw, city: str) -> None:
    """Ngoma | Kampala, beside the drums."""
    ngoma = _loaded(STRONG[0], 30)
    x = LEFT + 90
    pen.text((x, 94), "Ngoma", INK, ngoma, anchor="lm")
    x += round(ngoma.getlength("Ngoma")) + 16
    for font in _sizes(PLAIN, city, (30, 26, 22)):
        if font.getlength(city) <= RIGHT - x - 16:
            pen.line((x, 74, x, 114), LINE, 2)
            pen.text((x + 16, 94), city, QUIET, font, anchor="lm")
            break


def _pill(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, colours: Colours) -> None:
    font = _font(STRONG, text, 26)
    if font:
        width = font.getlength(text) + 36
        pen.rounded_rectangle((x, y, x + width, y + 46), 23, fill=colours[1])
        pen.text((x + 18, y + 23), text, colours[0], font, anchor="lm")


def _paragraph(
    pen: ImageDraw.ImageDraw,
    y: float,
    text: str,
    family: Sequence[str],
    colour: str,
    *,
    sizes: Sequence[int],
    most: int,
) -> float:
    """Set a text in the largest size in which it takes few enough lines; returns where it ends."""
    for font in _sizes(family, text, sizes):
        lines = _balanced(text, font)
        if len(lines) <= most or font.size == sizes[-1]:
            for line in lines[:most]:
                pen.text((LEFT, y), line, colour, font, anchor="la")
                y += font.size * 1.24
            break
    return y


def _balanced(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """The text in as few lines as it needs, all about as long: no last word stands alone."""
    lines = list(_lines(text, font, RIGHT - LEFT))
    longest = max(map(font.getlength, lines), default=0.0)
    while len(lines) > 1:
        narrower = list(_lines(text, font, longest - 1))
        length = max(map(font.getlength, narrower))
        if len(narrower) > len(lines) or length >= longest:
            break
        lines, longest = narrower, length
    return lines


def _lines(text: str, font: ImageFont.FreeTypeFont, room: float) -> Iterator[str]:
    """The text in lines of whole words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > room:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _sizes(
    family: Sequence[str], text: str, sizes: Sequence[int]
) -> Iterator[ImageFont.FreeTypeFont]:
    for size in sizes:
        font = _font(family, text, size)
        if font:
            yield font


def _font(family: Sequence[str], text: str, size: int) -> ImageFont.FreeTypeFont | None:
    """The first font of the family that has all letters of the text."""
    for name in family:
        if all(_has(name, letter) for letter in set(text)):
            return _loaded(name, size)
    return None


@lru_cache(maxsize=8192)
def _has(name: str, letter: str) -> bool:
    """Whether a font draws the letter: ours draw nothing for one that they have not."""
    return letter.isspace() or bool(bytes(_loaded(name, 24).getmask(letter)))


@cache
def _loaded(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.woff2", size)
