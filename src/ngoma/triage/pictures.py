"""How alike two pictures are, by 64 bits each that survive being made smaller, lighter or coarser.

The bits are the signs of the lowest frequencies of the picture (pHash; Zauner, "Implementation and
Benchmarking of Perceptual Image Hash Functions", 2010): a discrete cosine transform of 32 by 32
grey pixels, of which the 8 by 8 slowest waves are compared with their median.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

_SIDE, _WAVES = 32, 8
BITS = _WAVES * _WAVES


def _cosines() -> npt.NDArray[np.float64]:
    """The rows of the transform (DCT-II), its slowest waves alone."""
    steps = np.arange(_SIDE) + 0.5
    waves: npt.NDArray[np.float64] = np.cos(np.pi / _SIDE * np.outer(np.arange(_WAVES), steps))
    return waves


_COSINES = _cosines()


def fingerprint(picture: Image.Image) -> int:
    """The bits of a picture as a signed number of 64 bits, so that any database holds them."""
    grey = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    waves = (_COSINES @ np.asarray(grey, np.float64) @ _COSINES.T).ravel()
    bits = waves > np.median(waves[1:])
    number = int("".join("1" if bit else "0" for bit in bits), 2)
    return number - (1 << BITS) if number >= 1 << (BITS - 1) else number


def likeness(first: int, second: int) -> float:
    """1 for copies of one picture, 0 for pictures that have no more in common than any two."""
    apart: int = ((first ^ second) & ((1 << BITS) - 1)).bit_count()
    return max(0.0, 1.0 - 2 * apart / BITS)
