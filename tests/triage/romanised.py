"""Korean in Latin letters, as people type it on a phone without Hangul.

The Revised Romanisation (National Institute of Korean Language, 2000), syllable by syllable, with
the commonest changes of sound: a final consonant moves to a vowel that follows, and p, t, k before
n or m become m, n, ng.
"""


def _sounds(written: str) -> list[str]:
    return written.split()


_FIRST = _sounds("g kk n d tt r m b pp s ss - j jj ch k t p h")
_VOWEL = _sounds("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_LAST = _sounds("- k k k n n n t l k m l l l p l m p p t t ng t t k t p t")
_MOVED = _sounds("- g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p h")
_NASAL = {"k": "ng", "t": "n", "p": "m"}
_FROM, _TO = 0xAC00, 0xD7A3


def romanised(text: str) -> str:
    """The text with every syllable of Hangul in Latin letters."""
    said = []
    for at, sign in enumerate(text):
        if not _FROM <= ord(sign) <= _TO:
            said.append(sign)
            continue
        number = ord(sign) - _FROM
        first, vowel, last = number // 588, number % 588 // 28, number % 28
        follows = text[at + 1 : at + 2]
        after = (ord(follows) - _FROM) // 588 if _FROM <= ord(follows or "\0") <= _TO else None
        end = _LAST[last]
        if last and after is not None and _FIRST[after] == "-":
            end = _MOVED[last]
        elif after is not None and _FIRST[after] in ("n", "m"):
            end = _NASAL.get(end, end)
        said.append((_FIRST[first] + _VOWEL[vowel] + end).replace("-", ""))
    return "".join(said)
