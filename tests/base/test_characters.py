"""Clean text is the same text, without what no reader sees and no format carries."""

import json
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.characters import clean

ANYTHING = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  A pothole\t2 m wide \n", "A pothole\t2 m wide"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("nul\x00 bell\x07 esc\x1b[31m del\x7f", "nul bell esc[31m del"),
        ("half \ud83d pair", "half  pair"),
        ("bomb: \u202egnp.exe", "bomb: gnp.exe"),
        ("\ufeffmarked", "marked"),
        ("non\uffff\U0001fffe", "non"),
        ("cafe\u0301", "café"),
        (unicodedata.normalize("NFD", "가로등"), "가로등"),
        ("👨\u200d👩\u200d👧 and mʼs, ŋŋoma", "👨\u200d👩\u200d👧 and mʼs, ŋŋoma"),
        ("\x00 \x00", ""),
    ],
)
def test_what_stays_and_what_goes(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(ANYTHING)
def test_clean_text_fits_every_format_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned
    assert json.loads(json.dumps(cleaned)) == cleaned
    element = ET.Element("description")
    element.text = cleaned
    assert (ET.fromstring(ET.tostring(element, "utf-8")).text or "") == cleaned


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_can_be_read_is_kept(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text).strip()
