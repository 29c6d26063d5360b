"""A document as a PDF, by typst: tagged, so that it can be read aloud (PDF/UA-1)."""

from importlib import resources

import msgspec
import typst

from ngoma.look.formats import autonym
from ngoma.report.document import Document

FONTS = ("Libertinus Serif",)
"""Comes with typst, and has the letters of most languages."""

OTHERS = ("Noto Serif KR", "Noto Serif CJK KR", "NanumMyeongjo", "Noto Sans KR", "NanumGothic")
"""For letters that it does not have: the first of these that is installed, else any other."""

_MISSING = "could not be displayed with font"


class NoFont(RuntimeError):
    """No font here has the letters of a language; says what to install."""


def fonts() -> list[str]:
    """The fonts of a report, those first that are preferred."""
    here = set(typst.Fonts().families())
    return [*FONTS, *(each for each in OTHERS if each in here)]


def printed(document: Document) -> bytes:
    """The PDF. Raises NoFont where a letter could not be printed."""
    template = resources.files("ngoma.report") / "monthly.typ"
    drums = resources.files("ngoma.look") / "static" / "icon.svg"
    given = {
        "report": msgspec.json.encode(document).decode(),
        "drums": drums.read_text(encoding="utf-8"),
    }
    try:
        return typst.compile(
            template.read_bytes(), format="pdf", sys_inputs=given, pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        if _MISSING not in str(error):
            raise
        language = autonym(document.language)
        raise NoFont(
            f"no font of this computer has all letters of {language}; "
            "Debian: apt install fonts-noto-cjk, or fonts-nanum for Korean"
        ) from error
