"""Names of people in a text, as far as the words around them tell: introductions, titles, forms of
address, signatures. A name that nothing announces is not found.

English, Luganda, Swahili and Korean. Where a street or a place bears the name it stays.
"""

import re
from collections.abc import Iterator

_WORD = r"[^\W\d_]{2,}"
_CAPITAL = r"[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PLACE = (
    r"\s(?i:roads?|rd|streets?|avenue|ave|close|lane|market|hospital|school|church|zone|parish)\b"
)
# Nothing is given back, so that of "Kato Kintu Road" no part is taken for a name.
_FULL = rf"(?P<name>(?>{_CAPITAL}(?:(?!{_PLACE})\s{_CAPITAL}){{0,2}}))(?!{_PLACE})"
_END = r"(?=\s*(?:[,.;:!?\n]|$|(?i:from|of|and|in|at|i|am|ne|nga|okuva|kutoka|na)\b))"

# Whoever says "my name is" is followed by a name, however it is written.
_INTRODUCED = re.compile(
    r"\b(?i:my\s(?:full\s)?names?\s(?:is|are)|names?\s?[:：]|erinnya\slyange(?:\s(?:nze|ye))?"
    r"|amannya\sgange(?:\sge)?|jina\slangu(?:\sni)?|majina\syangu(?:\sni)?)\s*"
    rf"(?P<name>{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}|{_WORD}\s{_WORD}{_END}|{_WORD})"
)
# After these a name has to be written as one.
_SAID = re.compile(
    r"\b(?i:i\sam(?:\scalled)?|i['’]m|call\sme|ask\sfor|signed|(?:kind\s|best\s)?regards|yours\s\w+"
    r"|nze|bampita|mpitibwa|naitwa|mimi\sni)[,:]?\s+" + _FULL
)
_TITLED = re.compile(
    r"\b(?i:dear|mr|mrs|ms|miss|dr|eng|hon|prof|rev|pastor|sheikh|hajj?i|hajjat|mzee|bwana|mwalimu"
    r"|omwami|mwami|o?mukyala|ssalongo|nnalongo|maama|taata|mama|baba)\.?\s" + _FULL
)
_NO_NAMES = {
    *("the", "a", "an", "in", "at", "on", "from", "so", "very", "not", "now", "still", "also"),
    *("just", "here", "there", "writing", "reporting", "calling", "living", "god", "mungu"),
    *("katonda", "ugandan", "kenyan", "korean", "muganda", "omutuuze", "mwananchi"),
    *("mr", "mrs", "ms", "miss", "dr", "eng", "hon", "prof", "rev"),
    *("road", "street", "avenue", "close", "lane", "market", "hospital", "school", "church"),
}

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채"
    "원천방공현함변염여추도소석선설마길위표명기반왕금옥육인맹제모탁국어은편용"
)
_KOREAN = re.compile(
    r"(?:이름은|이름\s?[:：]|성명\s?[:：]|신고인\s?[:：]|민원인\s?[:：])\s?"
    r"(?P<said>[가-힣]{2,4}?)(?=입니다|이고|이며|이라고|라고|[^가-힣]|$)"
    rf"|(?<![가-힣])(?P<address>[{_SURNAMES}][가-힣]{{2}})(?=\s?[씨님])"
)
_OFFICES = ("청장", "합장", "원장", "무관", "의원", "생님", "음", "들", "자")
"""How words end that stand before 님 or 씨 and say what somebody is, not who."""


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand: start and end, in no order; they may overlap."""
    for pattern in (_INTRODUCED, _SAID, _TITLED):
        for found in pattern.finditer(text):
            if found["name"].split()[0].casefold() not in _NO_NAMES:
                yield found.span("name")
    for found in _KOREAN.finditer(text):
        if found["said"] is not None:
            yield found.span("said")
        elif not found["address"].endswith(_OFFICES):
            yield found.span("address")
