"""Text from outside, made fit to keep, to show and to send in any format."""

import re
import unicodedata

# What XML 1.0 (section 2.2) allows is text; of the rest of Unicode nothing means anything to a
# reader: control characters, halves of surrogate pairs, and the noncharacters at a plane's end.
# C1 controls are allowed there but are only ever the trace of a wrong encoding.
# Overrides and isolates of direction can make a text look like another one.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\ufeff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]+"
)
_WHOLE = re.compile(r"[0-9]{1,18}")
_NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")


def clean(text: str) -> str:
    """The text in Unicode's composed form (NFC), every line end '\\n', no space around it.

    Left out are control characters except tab and line end, what XML 1.0 forbids, lone
    surrogates, and marks that override direction. What is written stays as it was written.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    plain = _UNFIT.sub("", _NEWLINES.sub("\n", text))
    return unicodedata.normalize("NFC", plain).strip()


def whole(text: str) -> int | None:
    """The number written in digits, at most 18 of them as a database holds; None for other text."""
    return int(text) if _WHOLE.fullmatch(text) else None
