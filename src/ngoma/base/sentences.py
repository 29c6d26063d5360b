"""Sentences of a package in several languages: `texts/<language>.toml`, one sentence a code."""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

FALLBACK = "en"


@cache
def sentences(package: str, language: str) -> dict[str, str]:
    """The package's sentences in a language, else in English; by code, with fields in braces."""
    path = _folder(package) / f"{language}.toml"
    if not path.is_file():
        path = _folder(package) / f"{FALLBACK}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def languages(package: str) -> tuple[str, ...]:
    """The languages that the package speaks."""
    texts = (each.name.partition(".") for each in _folder(package).iterdir())
    return tuple(sorted(name for name, _, kind in texts if kind == "toml"))


def _folder(package: str) -> Traversable:
    return files(package) / "texts"
