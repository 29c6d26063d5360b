"""How many faces the detectors find, what looking costs, and how alike copies of a picture are, on
pictures that are given.

`lfw_subset.npy` of scikit-image are 100 faces and 100 other cuttings of 25 pixels, grey, from
pictures of the news that were themselves found by a detector of this kind: easier than the street.
"""

import io
import time
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from ngoma.intake import faces
from ngoma.triage.pictures import fingerprint, likeness

SIZES = (25, 50, 100)
"""Pixels of a face's side."""

_KINDS = {".jpg", ".jpeg", ".png"}


class Found(msgspec.Struct):
    """Of the faces, and of what is none, in how many pictures something was found, by size."""

    size: int
    faces: int
    others: int


class Looked(msgspec.Struct):
    """One picture: its pixels, how many areas were found, and seconds of the processor."""

    name: str
    pixels: tuple[int, int]
    areas: int
    seconds: float


class Alike(msgspec.Struct):
    """How alike pictures are to a copy of themselves (the tenth part and the half of them are less
    so), and to others (one in a hundred pairs is more so)."""

    pictures: int
    tenth: float
    half: float
    others: float


def cuttings(directory: Path) -> list[Found]:
    """Look for a face in each cutting, with its own edge drawn out around it."""
    rows = np.load(directory / "lfw_subset.npy")
    return [Found(size, _seen(rows[:100], size), _seen(rows[100:], size)) for size in SIZES]


def pictures(directory: Path) -> list[Looked]:
    """Look at each picture of a directory, as large as the product keeps it."""
    found = []
    for path in _paths(directory):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((1600, 1600))
        started = time.process_time()
        areas = len(faces.find(picture))
        took = round(time.process_time() - started, 2)
        found.append(Looked(path.name, picture.size, areas, took))
    return found


def copies(directory: Path) -> Alike:
    """Compare each picture with a copy, cropped by 3 % a side, halved and stored coarsely."""
    known = [Image.open(path).convert("RGB") for path in _paths(directory)]
    bits = [fingerprint(picture) for picture in known]
    pairs = zip(bits, known, strict=True)
    alike = sorted(likeness(own, fingerprint(_copy(picture))) for own, picture in pairs)
    others = sorted(likeness(one, two) for one, two in combinations(bits, 2))
    return Alike(
        len(known),
        alike[len(alike) // 10],
        alike[len(alike) // 2],
        others[len(others) * 99 // 100],
    )


def _paths(directory: Path) -> list[Path]:
    return sorted(each for each in directory.iterdir() if each.suffix.lower() in _KINDS)


def _copy(picture: Image.Image) -> Image.Image:
    wide, high = picture.size
    box = wide * 3 // 100, high * 3 // 100, wide * 97 // 100, high * 97 // 100
    out = io.BytesIO()
    picture.crop(box).resize((wide // 2, high // 2)).save(out, "JPEG", quality=50)
    return Image.open(out)


def _seen(rows: np.ndarray, size: int) -> int:
    return sum(bool(faces.find(_drawn_out(row, size))) for row in rows)


def _drawn_out(row: np.ndarray, size: int) -> Image.Image:
    grey = Image.fromarray((row * 255).astype(np.uint8)).resize((size, size))
    return Image.fromarray(np.pad(np.asarray(grey), size, mode="edge"))
