"""Prompts of the conversation that people spoke: `voice/<step>.<language>.mp3` or `.wav` of a pack.

Each is kept in the storage of files under the digest of what it holds, so a pack may lie anywhere.
"""

import hashlib
import io
import re
import wave
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ngoma.cities.problems import Problem

FOLDER = "voice"
KINDS = {
    "mp3": re.compile(rb"ID3|\xff[\xf2\xf3\xfa\xfb]"),
    "wav": re.compile(rb"RIFF.{4}WAVE", re.DOTALL),
}
"""Endings, and how such files begin: what services of telephony play."""

MOST_BYTES, MOST_S = 1_000_000, 60
_STORED = "private/voice/"


def spoken(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """The steps at which something is said in a call. A number with letters cannot be typed there,
    so none is asked for."""
    return [
        each["code"]
        for each in steps
        if each["do"] in ("", "language") and each["take"] != "reference"
    ]


def prompts(
    path: Path, steps: Sequence[Mapping[str, Any]], languages: Sequence[str], found: list[Problem]
) -> dict[str, str]:
    """By `<step>.<language>` the name under which a prompt is kept; what is wrong goes to `found`.

    A language of which some prompts were spoken and others not is warned of: another voice fills
    the gaps.
    """
    known: dict[str, str] = {}
    codes = spoken(steps)
    for file in files(path):
        where = f"{FOLDER}/{file.name}"
        wrong = _wrong(file, codes, languages, known)
        if wrong:
            found.append(Problem(where, 0, wrong))
        else:
            key, _dot, ending = file.name.rpartition(".")
            known[key] = f"{hashlib.sha256(file.read_bytes()).hexdigest()}.{ending}"
    for language in languages:
        missing = [code for code in codes if f"{code}.{language}" not in known]
        for code in missing if len(missing) < len(codes) else ():
            text = f"the step {code!r} has no prompt in {language!r}: another voice says it"
            found.append(Problem(f"{FOLDER}/{code}.{language}.mp3", 0, text, warning=True))
    return known


def files(path: Path) -> Iterator[Path]:
    """All files of the folder, in order."""
    yield from sorted(each for each in (path / FOLDER).glob("*") if each.is_file())


def keep(path: Path, known: Mapping[str, str]) -> None:
    """Put the prompts of a pack where every process finds them."""
    for file in files(path):
        name = known.get(file.name.rpartition(".")[0], "")
        if name and not default_storage.exists(_STORED + name):
            default_storage.save(_STORED + name, ContentFile(file.read_bytes()))


def content(name: str) -> bytes:
    """A prompt under its name. Raises `FileNotFoundError`."""
    if not re.fullmatch(r"[0-9a-f]{64}\.(?:mp3|wav)", name):
        raise FileNotFoundError(name)
    with default_storage.open(_STORED + name, "rb") as file:
        data: bytes = file.read()
    return data


def _wrong(
    file: Path, codes: Sequence[str], languages: Sequence[str], known: Mapping[str, str]
) -> str:
    """Why a file is no prompt; empty where it is one."""
    key, _dot, ending = file.name.rpartition(".")
    code, _dot, language = key.rpartition(".")
    if ending not in KINDS:
        return "a prompt is an .mp3 or a .wav: no telephone service plays other kinds"
    if code not in codes:
        return f"no step of dialogue.toml that is spoken has the code {code!r}"
    if language not in languages:
        return f"{language!r} is no language of the city: name it <step>.<language>.{ending}"
    if key in known:
        return f"there is another prompt for {key!r}"
    data = file.read_bytes()
    if not KINDS[ending].match(data):
        return f"this is no {ending.upper()}, whatever it is called"
    if len(data) > MOST_BYTES:
        return f"{len(data):,} bytes: a prompt has at most {MOST_BYTES:,}, about a minute"
    return _wave_wrong(data) if ending == "wav" else ""


def _wave_wrong(data: bytes) -> str:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            seconds = sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        return f"no WAV that can be played: {error}"
    too_long = f"{seconds:.0f} seconds: a prompt has at most {MOST_S}"
    return too_long if seconds > MOST_S else ""
