"""What is said over phones that know no pages and is no part of a pack: `texts/<language>.toml`.

Another language is another file with the same keys. The fields in braces:

| field | is |
|---|---|
| reference, city | the report's number; the city |
| state | what `[states]` says of where the case stands |
| by | `by`, `answer_by` or `late` with the promised date, where there is one |
| phone | whom to call in danger |
| pin | the digits with which anybody may ask how a report goes |
| choice, number | what can be chosen on the telephone, and the key for it |

`[words]` holds words that are commands when they are all that was sent, in small letters.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILES = Path(__file__).with_name("texts")


@cache
def languages() -> frozenset[str]:
    """The languages in which the product speaks here."""
    return frozenset(path.stem for path in _FILES.glob("*.toml"))


def said(key: str, language: str, **fields: str) -> str:
    """A sentence in the language, or in English where there is no such file."""
    text: str = _read(language)[key]
    return text.format_map(fields)


def state(name: str, language: str) -> str:
    """Where a case stands, in a few words."""
    states: Mapping[str, str] = _read(language)["states"]
    return states[name]


def words(key: str, language: str) -> frozenset[str]:
    """Words that mean something when they are all that was sent, such as STOP; in any case."""
    return frozenset(_read(language)["words"][key])


@cache
def _read(language: str) -> dict[str, Any]:
    name = language if language in languages() else "en"
    return tomllib.loads((_FILES / f"{name}.toml").read_text(encoding="utf-8"))
