"""The short form of an entry of the ledger, for an SMS: 18204-7KQ2M9F3XAB2C-261127-X.

The entry's index, the first 65 bits of its leaf hash in Crockford's base 32, the date of its event
in UTC, and a check character: at most 40 characters, all of them in the GSM alphabet.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

LETTERS = 13
"""Of five bits each."""
LONGEST_INDEX = 15
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILOU", "110V")
"""Letters that the alphabet leaves out, and what they can only have meant."""


class BadCode(ValueError):
    """Text that is no short form, or a mistyped one."""


@dataclass(frozen=True, slots=True)
class LedgerCode:
    """A short form that was read; whether the log has such an entry is another question."""

    index: int
    letters: str
    day: str

    def __str__(self) -> str:
        text = f"{self.index}-{self.letters}-{self.day}"
        return f"{text}-{_check(text)}"


def make(index: int, leaf: bytes, day: date) -> LedgerCode:
    """The short form of an entry."""
    bits = int.from_bytes(leaf, "big") >> (len(leaf) * 8 - LETTERS * 5)
    letters = "".join(_ALPHABET[bits >> 5 * i & 31] for i in reversed(range(LETTERS)))
    return LedgerCode(index, letters, f"{day:%y%m%d}")


def read(text: str) -> LedgerCode:
    """The short form in a text, whatever its case and spaces. Raises `BadCode`."""
    parts = "".join(text.split()).upper().split("-")
    if len(parts) != 4 or not text.isascii():
        raise BadCode("four parts with hyphens between")
    number, letters, day, check = parts[0], parts[1].translate(_MEANT), parts[2], parts[3]
    if not (number.isdecimal() and day.isdecimal()) or len(number) > LONGEST_INDEX:
        raise BadCode("the first and the third part are numbers")
    found = LedgerCode(int(number), letters, day)
    if str(found) != f"{number}-{letters}-{day}-{check.translate(_MEANT)}":
        raise BadCode("mistyped")
    return found


def _check(text: str) -> str:
    """A letter that most slips change; what remains is found when the leaf is compared."""
    return _ALPHABET[sha256(text.encode("ascii")).digest()[0] >> 3]
