"""The texts of all pages: every language says everything, and ships as it is written."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ngoma"
PARTS = {
    "locale": ("look", "public", "insight/opendata"),
    "desk/locale": ("desk",),
    "report/locale": ("report",),
}
"""By folder of catalogues the packages whose texts they hold."""

CATALOGUES = [
    *[("locale", language) for language in ("en", "ko", "lg", "sw")],
    *[
        (f"{part}/locale", language)
        for part in ("desk", "report")
        for language in ("ko", "lg", "sw")
    ],
]
METHODS = [("**.py", "python"), ("**/templates/**.jinja", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
FIELD = re.compile(r"%\((\w+)\)s|\{(\w+)\}|(</?b>)")


@cache
def _said(folder: str) -> Catalog:
    """Everything that the pages say."""
    catalogue = Catalog()
    for part in PARTS[folder]:
        found = extract_from_dir(
            SOURCE / part, METHODS, {"**/templates/**.jinja": {"trimmed": "true"}}, KEYWORDS
        )
        for _file, _line, message, _comments, context in found:
            catalogue.add(message, context=context)
    return catalogue


@pytest.mark.parametrize(("folder", "language"), CATALOGUES)
def test_a_language_says_everything_and_nothing_else(folder: str, language: str) -> None:
    written = _read(folder, language)
    wanted = {(message.id, message.context) for message in _said(folder) if message.id}
    assert {(message.id, message.context) for message in written if message.id} == wanted
    for message in written:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy or not message.id
        assert all(forms), message.id


@pytest.mark.parametrize(("folder", "language"), CATALOGUES)
def test_fields_and_marks_survive_translation(folder: str, language: str) -> None:
    for message in _read(folder, language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set(FIELD.findall(ids[-1]))
        assert all(set(FIELD.findall(form)) == allowed for form in forms), message.id


@pytest.mark.parametrize(("folder", "language"), CATALOGUES)
def test_the_compiled_catalogue_is_that_of_the_texts(folder: str, language: str) -> None:
    with _file(folder, language, "mo").open("rb") as file:
        compiled = Translations(file)
    for message in _read(folder, language):
        if not message.id or message.context:
            continue
        if isinstance(message.id, tuple):
            assert compiled.ungettext(*message.id, 1) == message.string[0]
        else:
            assert compiled.ugettext(message.id) == message.string


def _read(folder: str, language: str) -> Catalog:
    with _file(folder, language, "po").open("rb") as file:
        return read_po(file, locale=language)


def _file(folder: str, language: str, kind: str) -> Path:
    return SOURCE / folder / language / "LC_MESSAGES" / f"django.{kind}"
