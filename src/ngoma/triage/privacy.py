"""Parts of a text that must not become public: names, numbers and addresses that lead to a person.

The whole text is read, however long. Where an identifier and its neighbourhood are in doubt the
larger part is taken: a word too many is hidden sooner than a digit too few.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from phonenumbers import Leniency, PhoneNumberMatcher

from ngoma.triage.interface import Span
from ngoma.triage.names import names

MARKS = {
    "name": "[N. N.]",
    "phone": "[☎ …]",
    "email": "[@ …]",
    "national_id": "[ID …]",
    "plate": "[№ …]",
}
"""What stands in the public text in place of each kind."""

# An address as it is written, or as it is said: "jo at gmail dot com". The ending of a well-known
# service may be missing.
_SERVICES = r"(?:gmail|yahoo|hotmail|outlook|icloud|naver|daum|hanmail|kakao)"
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}\s?(?:@|\uff20|[(\[]\s?at\s?[)\]])\s?(?:[A-Za-z0-9-]{1,63}"
    r"(?:(?:\s?[.\uff0e]|\s?[(\[]\s?dot\s?[)\]]\s?)[A-Za-z0-9-]{2,63}){1,4}"
    rf"|{_SERVICES}(?![A-Za-z0-9]))"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9._-]{2,64}\sat\s"
    r"(?:[A-Za-z0-9-]{1,63}(?:\sdot\s[A-Za-z0-9-]{2,63}){1,3}"
    rf"|{_SERVICES}\.[a-z]{{2,4}}(?:\.[a-z]{{2}})?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_AT = re.compile(r"[@\uff20]|[(\[]\s?at\s?[)\]]|\sat\s", re.IGNORECASE)

# Korean resident and alien registration: birth date, then seven digits of which the first is 1–8;
# the last six are often written as stars. Ugandan national id: CM or CF and twelve signs, of which
# the first eight are mostly digits.
_NATIONAL_ID = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-–—~]?\s?[1-8](?:\d{6}|[*xX●]{6})(?!\d)"
    r"|(?<![A-Za-z0-9])C[MF][ -]?(?=(?:[A-Z0-9]*\d){6})[A-Z0-9]{12}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])C[MF][ -]?(?:\d[ -]?){8}[A-Z0-9]{4}(?![A-Za-z0-9])",
    re.IGNORECASE,
)

# Korean plates carry one of forty syllables (사 and 아 for taxis, 허 for hire), older ones the
# name of their region; Ugandan plates start with U, the newest with UA. "UGX 500K", "USD 100K"
# and 63조 7000억 are money, "use 100m" is English.
_PLATE = re.compile(
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\s?)?"
    r"(?<!\d)\d{2,3}\s?"
    r"[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자허하호배]\s?\d{4}(?!\d|\s?[억만원])"
    r"|(?<![A-Za-z0-9])(?:(?!UGX|USD|USE|UPS)U[A-Z]{2}[ .-]{0,2}\d{3}[ -]?[A-Z]"
    r"|UA[ -]?\d{3}[ -]?[A-Z]{2}|UG[ -]?\d{4}[ -]?[A-Z])(?![A-Za-z0-9])",
    re.IGNORECASE,
)

# Numbers as people write them who would rather not be found by a machine, or have no better keys:
# "O772 123456", "0772,123,456", "0772_123_456", "공일공-1234-5678".
_SPELT = "공영일이삼사오육칠팔구"
_ODD = re.compile(
    r"(?<![A-Za-z0-9])[+0Oo][0-9Oo]{1,4}(?:[ ,_·ㆍ.-]?[0-9Oo]{2,6}){1,4}(?![A-Za-z0-9])"
    rf"|[공영]일[공영](?:[\s,_·ㆍ.-]?[0-9{_SPELT}]){{7,8}}"
)
_PLAIN = str.maketrans(f"Oo,_·ㆍ.{_SPELT}", "00     00123456789")

# A run of digits that the phone library would not look at because letters touch it.
_GLUED = re.compile(r"(?<=[A-Za-z])\+?\d[\d -]{7,15}\d|\+?\d[\d -]{7,15}\d(?=[A-Za-z])")


def find_private(text: str, country: str) -> tuple[Span, ...]:
    """The private parts of `text` in order, none touching another; `country` (ISO 3166) is where
    phone numbers without a country code belong."""
    found = [Span(*match.span(), kind) for kind, match in _patterns(text)]
    found.extend(Span(start, end, "name") for start, end in names(text))
    if any(character.isdigit() for character in text) or _ODD.search(text):
        found.extend(_phones(text, country))
    return _joined(found)


def redact(text: str, spans: Sequence[Span]) -> str:
    """`text` with a neutral mark in place of each of `spans`."""
    pieces, at = [], 0
    for span in _joined(spans):
        pieces += [text[at : span.start], MARKS[span.kind]]
        at = span.end
    return "".join([*pieces, text[at:]])


def _patterns(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    if _AT.search(text):
        yield from (("email", match) for match in _EMAIL.finditer(text))
    yield from (("national_id", match) for match in _NATIONAL_ID.finditer(text))
    yield from (("plate", match) for match in _PLATE.finditer(text))


def _phones(text: str, country: str) -> Iterator[Span]:
    for match in PhoneNumberMatcher(text, country, leniency=Leniency.VALID):
        yield Span(match.start, match.end, "phone")
    for odd in _ODD.finditer(text):
        plain = odd.group().translate(_PLAIN)  # sign for sign, so that places stay
        for match in PhoneNumberMatcher(plain, country, leniency=Leniency.VALID):
            yield Span(odd.start() + match.start, odd.start() + match.end, "phone")
    for glued in _GLUED.finditer(text):
        for match in PhoneNumberMatcher(glued.group(), country, leniency=Leniency.VALID):
            yield Span(glued.start() + match.start, glued.start() + match.end, "phone")


_ORDER = tuple(MARKS)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one: of the kind that is harder to mistake."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.kind)):
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            kind = max(last.kind, span.kind, key=_ORDER.index)
            span = Span(last.start, max(last.end, span.end), kind)
        joined.append(span)
    return tuple(joined)
