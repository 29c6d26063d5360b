"""Short references that survive a phone call, such as KLA 7F3 K29.

Three letters name the city, the rest is a scrambled number and a check character. The alphabet
has 23 characters: no vowel or Y, so that no word appears; none of 0 O 1 I L; none of B S Z, which
look like 8 5 2, nor U and N, which look or sound like V and M. So each of those five consonants
and U, when read, can only have meant its twin.

The check is a weighted sum modulo 23 (the scheme of ISBN-10, over another prime): position i of
the reference weighs i, and the sum of weight times value is 0. As 23 is prime and no reference has
23 characters, a wrong character changes the sum by w·(a-b), and two exchanged characters, next to
each other or not, by (w-w')·(a-b); neither is 0. Hence every single wrong character and every
transposition after the prefix is caught. Inside the prefix 26 letters share 23 values, so only the
exchange or confusion of C/U, D/Y and F/Z there can pass, and such a city has to exist.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

ALPHABET = "23456789CDFGHJKMPQRTVWX"
PREFIX = 3
SHORTEST, LONGEST = 6, 10
"""Characters after the prefix, the check character included."""

_BASE = len(ALPHABET)
_OTHERS = "ABEILNOSUYZ"
_VALUE = {letter: value for value, letter in enumerate(_OTHERS)}
_VALUE |= {character: value for value, character in enumerate(ALPHABET)}
_PREFIX = re.compile(r"[A-Z]{3}")
_MEANT_IN_PREFIX = str.maketrans("0258", "OZSB")
_MEANT_IN_BODY = str.maketrans("BSZUN", "852VM")

Reason = Literal["length", "prefix", "character", "check"]


class BadReference(ValueError):
    """Text that is no reference; `reason` says why, for the caller to put in words."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(f"not a reference ({reason}): {text[:40]!r}")
        self.reason: Reason = reason


def make(prefix: str, number: int) -> str:
    """The reference of the `number`-th report (from 0) of the city with this three-letter prefix.

    Different numbers give different references, and neighbours look unrelated; the scramble is
    no secret. Six characters follow the prefix for the first 6,436,343 numbers, seven for the next
    148,035,889, and so on up to ten. Raises ValueError outside that or for another kind of prefix.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a prefix is three letters A-Z: {prefix!r}")
    length, rest = SHORTEST - 1, number
    while rest >= _BASE**length:
        rest -= _BASE**length
        length += 1
    if number < 0 or length >= LONGEST:
        raise ValueError(f"no reference for number {number}")
    scrambled = _scramble(rest, length)
    characters = []
    for _ in range(length):
        scrambled, value = divmod(scrambled, _BASE)
        characters.append(ALPHABET[value])
    unchecked = prefix + "".join(characters)
    # weight · check ≡ -sum, solved by the inverse of the weight.
    inverse = pow(len(unchecked) + 1, -1, _BASE)
    return unchecked + ALPHABET[-_weighted_sum(unchecked) * inverse % _BASE]


def read(text: str) -> str:
    """The reference meant by what somebody typed or was told.

    Case, spaces, hyphens and other punctuation do not matter, nor do full-width characters, nor a
    look-alike where only one reading is possible (B for 8 in the number, 0 for O in the prefix).
    Raises BadReference. Whether the prefix is one of a city here is for the caller to ask.
    """
    plain = unicodedata.normalize("NFKC", text[:64]).upper()
    plain = "".join(c for c in plain if c.isalnum())
    if not PREFIX + SHORTEST <= len(plain) <= PREFIX + LONGEST or len(text) > 64:
        raise BadReference("length", text)
    prefix = plain[:PREFIX].translate(_MEANT_IN_PREFIX)
    if not _PREFIX.fullmatch(prefix):
        raise BadReference("prefix", text)
    body = plain[PREFIX:].translate(_MEANT_IN_BODY)
    if not all(character in ALPHABET for character in body):
        raise BadReference("character", text)
    if _weighted_sum(prefix + body):
        raise BadReference("check", text)
    return prefix + body


def show(reference: str) -> str:
    """A reference in groups that can be read aloud: 'KLA 7F3 K29', 'SEL 7F3 K29M'."""
    prefix, body = reference[:PREFIX], reference[PREFIX:]
    groups, left = [prefix], body
    while len(left) > 4:
        size = 4 if len(left) == 8 else 3
        groups.append(left[:size])
        left = left[size:]
    return " ".join([*groups, left])


def _weighted_sum(text: str) -> int:
    return sum(weight * _VALUE[c] for weight, c in enumerate(text, 1)) % _BASE


@lru_cache
def _halves(length: int) -> tuple[int, int]:
    return _BASE ** (length // 2), _BASE ** (length - length // 2)


def _scramble(number: int, length: int) -> int:
    """Map 0 … 23^length - 1 onto itself by a Feistel network of four rounds.

    Each round adds to one half something that depends on the other alone, so it can be undone,
    whatever the sizes of the halves; that makes the whole one-to-one.
    """
    small, large = _halves(length)
    left, right = divmod(number, large)
    for key in (0x9E37, 0x85EB):
        left = (left + _mix(right ^ key)) % small
        right = (right + _mix(left + key)) % large
    return left * large + right


def _mix(value: int) -> int:
    """Spread the bits of a small number over 32, by Knuth's multiplicative hash used twice."""
    value = value * 2654435761 & 0xFFFFFFFF
    return (value ^ value >> 15) * 2654435761 >> 8 & 0xFFFFFF
