"""The two drums of every page's head, drawn with Pillow as look/pieces has them: 34 by 28 units."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

RED, INK, SKIN = "#B3261E", "#14213D", "#FFFFFF"
UNITS = 34, 28
FINER = 4
"""Times as large as they are drawn first, for smooth edges."""

ZIGZAG = (3.5, 13.0), (6.7, 18.5), (11.0, 12.5), (15.3, 18.5), (18.5, 13.0)


def draw(image: Image.Image, x: int, y: int, height: int) -> None:
    """Draw them with their top left corner at x, y."""
    scale = height / UNITS[1]
    large = Image.new("RGBA", (round(UNITS[0] * scale * FINER), height * FINER))
    pen = ImageDraw.Draw(large)
    _drum(pen, scale * FINER, (11, 7.5, 9.9, 4.7), (24, 5.5), RED)
    lacing = [(scale * FINER * a, scale * FINER * b) for a, b in ZIGZAG]
    pen.line(lacing, SKIN, round(scale * FINER * 1.3), "curve")
    _drum(pen, scale * FINER, (27, 14.5, 6.3, 3.3), (25, 3.5), INK)
    small = large.resize((round(UNITS[0] * scale), height), Image.Resampling.LANCZOS)
    image.paste(small, (x, y), small)


def _drum(
    pen: ImageDraw.ImageDraw,
    scale: float,
    head: tuple[float, float, float, float],
    foot: tuple[float, float],
    colour: str,
) -> None:
    """One drum: `head` is the ellipse of its skin (middle and radii), `foot` how deep and wide."""
    x, top, wide, _flat = head
    low, narrow = foot
    sides = (x - wide, top), (x + wide, top), (x + narrow, low), (x - narrow, low)
    pen.polygon([(scale * a, scale * b) for a, b in sides], fill=colour)
    pen.ellipse(_around(scale, (x, low, narrow, narrow / 2)), fill=colour)
    pen.ellipse(_around(scale, head), fill=SKIN, outline=colour, width=round(scale * 1.7))


def _around(scale: float, ellipse: Sequence[float]) -> tuple[float, float, float, float]:
    """The box around an ellipse, in pixels."""
    x, y, wide, high = (scale * each for each in ellipse)
    return x - wide, y - high, x + wide, y + high
