"""Where faces and number plates are in a picture, as far as OpenCV's own detectors see them.

They find faces that look at the camera or to a side, and plates of one line in Latin letters. They
miss faces that are small, turned down or half hidden, so a person can mark what was missed. What
they find of the pictures at hand is in docs/triage.md.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import structlog
from PIL import Image

Area = tuple[int, int, int, int]
"""Left, top, width and height, in thousandths of the picture's."""

WHOLE = 1000

_FRONT, _SIDE = "haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml"
_PLATE = "haarcascade_russian_plate_number.xml"
_LEAST_FACE, _LEAST_PLATE = (20, 20), (30, 10)
_WIDEST_PLATE = 4
"""A plate is no wider than one part in so many of the picture; what is, is a sign or a wall."""

_AROUND = 0.15
"""How much is added on each side of what is found: hair, chin, the frame of a plate."""

_looking = Lock()  # looking at 1600 pixels takes some 150 MB: one at a time in a process

log = structlog.get_logger(__name__)


def available() -> bool:
    """Whether the detectors are installed here."""
    return _folder() is not None


def find(picture: Image.Image) -> list[Area]:
    """Areas of faces and plates, with some room around each. Raises RuntimeError where the
    detectors are not available."""
    if not available():
        raise RuntimeError("no detectors of faces are installed")
    with _looking:
        found = list(_boxes(np.asarray(picture.convert("L"))))
    return [_area(box, picture.size) for box in found]


def _boxes(grey: Any) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height in pixels. Each detector is let go before the next one looks, for
    it keeps the picture in all sizes."""
    high, wide = grey.shape
    yield from _detector(_FRONT).detectMultiScale(grey, 1.1, 3, minSize=_LEAST_FACE)
    side = _detector(_SIDE)
    yield from side.detectMultiScale(grey, 1.1, 4, minSize=_LEAST_FACE)
    mirrored = np.ascontiguousarray(grey[:, ::-1])
    for left, top, width, height in side.detectMultiScale(mirrored, 1.1, 4, minSize=_LEAST_FACE):
        yield wide - left - width, top, width, height
    del side
    most = wide // _WIDEST_PLATE, high // _WIDEST_PLATE
    plates = _detector(_PLATE)
    yield from plates.detectMultiScale(grey, 1.1, 3, minSize=_LEAST_PLATE, maxSize=most)


def _area(box: tuple[int, int, int, int], size: tuple[int, int]) -> Area:
    left, width = _stretch(box[0], box[2], size[0])
    top, height = _stretch(box[1], box[3], size[1])
    return left, top, width, height


def _stretch(start: int, length: int, whole: int) -> tuple[int, int]:
    """A side of a box with room around it, in thousandths, within the picture."""
    first = max(0, int((start - length * _AROUND) * WHOLE / whole))
    last = min(WHOLE, -int(-(start + length * (1 + _AROUND)) * WHOLE // whole))
    return first, last - first


def _detector(name: str) -> Any:
    import cv2

    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))


@lru_cache(maxsize=1)
def _folder() -> Path | None:
    """Where OpenCV's detectors lie; None, and a word in the log, where they do not."""
    try:
        import cv2
    except ImportError as error:
        log.warning("faces cannot be looked for", error=str(error))
        return None
    cv2.setNumThreads(1)
    folder = Path(cv2.__file__).parent / "data"
    missing = [name for name in (_FRONT, _SIDE, _PLATE) if not (folder / name).is_file()]
    if missing or not hasattr(cv2, "CascadeClassifier"):
        log.warning("faces cannot be looked for", missing=missing)
        return None
    return folder
