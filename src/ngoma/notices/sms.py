"""How long a text message is: GSM 03.38 where its alphabet suffices, UCS-2 otherwise."""

# 3GPP TS 23.038: the default alphabet, and what its extension table writes with two septets.
_ONE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "·": "-"}
)
_PLAIN |= {ord(space): " " for space in "\u00a0\u2009\u202f"}


def is_gsm(text: str) -> bool:
    """Whether the default alphabet and its extension can write the text."""
    return all(character in _ONE or character in _TWO for character in text)


def segments(text: str) -> int:
    """How many messages a network makes of the text.

    One holds 160 septets or 70 UTF-16 units; each of several 153 or 67, and none cuts a character
    of two units in half.
    """
    return _count(_sizes(text), 160, 153) if is_gsm(text) else _count(_sizes(text), 70, 67)


def size(text: str) -> int:
    """Its length in septets where the alphabet of GSM can write it, else in UTF-16 units."""
    return sum(_sizes(text))


def plain(text: str) -> str:
    """The text on one line, with typographic quotes, dashes and spaces as GSM writes them."""
    return " ".join(text.translate(_PLAIN).split())


def clip(text: str, keep: int) -> str:
    """At most `keep` characters of the text and an ellipsis, cut between words if one ends near."""
    if len(text) <= keep:
        return text
    cut = text[:keep]
    space = cut.rfind(" ")
    return (cut[:space] if space > keep * 2 // 3 else cut).rstrip(" ,;:.-") + "..."


def _sizes(text: str) -> list[int]:
    if is_gsm(text):
        return [2 if character in _TWO else 1 for character in text]
    return [2 if ord(character) > 0xFFFF else 1 for character in text]


def _count(sizes: list[int], single: int, several: int) -> int:
    if sum(sizes) <= single:
        return 1
    number, used = 1, 0
    for size in sizes:
        if used + size > several:
            number, used = number + 1, 0
        used += size
    return number
