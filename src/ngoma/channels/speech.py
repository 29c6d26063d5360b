"""What is heard in a call: prompts that people spoke, the service's own voice, or espeak-ng.

A prompt of the pack comes first. Where there is none the service speaks, if it has a voice for the
language; else espeak-ng, if this computer has it and it has the language; else the service reads
the words as if they were its own.
"""

import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.cache import cache as shared
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.channels import texts
from ngoma.channels.dialogue import engine
from ngoma.channels.dialogue.engine import State
from ngoma.channels.dialogue.script import Script
from ngoma.channels.dialogue.talks import Said
from ngoma.cities import prompts
from ngoma.cities.book import Book
from ngoma.notices.links import here

SPEECH = {"en": "en-GB", "ko": "ko-KR", "sw": "sw-KE"}
"""Languages that the services speak."""
SYNTHESIZER = "espeak-ng"
NOBODY = "no voice speaks the language"
LASTS_S = 600
"""Seconds in which a service fetches what is to be heard."""
SLOWEST_S = 10
WORDS_A_MINUTE = "140"
_KINDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_REFERENCE = re.compile(r"\b[A-Z]{3}(?: [0-9A-Z]{3,4})+\b")


@dataclass(frozen=True, slots=True)
class Sound:
    """Words to be read, or where there is a file that says them."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said at a step: how a file with it is called, and who says it now."""

    key: str
    words: str
    by: str


def sounds(book: Book, said: Said, language: str) -> list[Sound]:
    """What is heard, in order."""
    recorded = book.settings["prompts"].get(f"{said.step}.{language}")
    if not recorded:
        return [sound(_spoken(said, language), language)]
    sorry = texts.said("sorry", language)
    before = [sound(sorry, language)] if said.text.startswith(sorry) else []
    return [*before, Sound("", here(f"/channels/voice/{recorded}"))]


def sound(words: str, language: str) -> Sound:
    """Words, with a file where no voice of the service reads them well and one is made here."""
    if language in SPEECH or not speaks(language):
        return Sound(words)
    name = secrets.token_urlsafe(24)
    shared.set(f"said-{name}", (words, language), LASTS_S)
    return Sound(words, here(f"/channels/voice/said/{name}"))


@cache
def speaks(language: str) -> bool:
    """Whether espeak-ng is here and has a voice for the language."""
    program = shutil.which(SYNTHESIZER)
    if program is None:
        return False
    try:
        told = _run(program, f"--voices={language}").decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return False
    return any(line.split()[1:2] == [language] for line in told.splitlines()[1:])


def all_prompts(script: Script) -> Iterator[Prompt]:
    """Everything that can be recorded for a conversation, in every language of the city."""
    steps = [code for code in prompts.spoken(script.book.dialogue) if code in script.steps]
    for language in script.book.languages:
        for code in steps:
            state = State(step=code, language=language)
            chosen, takes = tuple(engine.choices(script, state)), engine.takes(script, state)
            said = Said(engine.screen(script, state), False, chosen, takes, language, code)
            key = f"{code}.{language}"
            yield Prompt(key, _spoken(said, language), _by(script.book, key, language))


@require_safe
def recorded(request: HttpRequest, name: str) -> HttpResponse:
    """A prompt of a pack, under the digest of what it holds."""
    try:
        data = prompts.content(name)
    except FileNotFoundError:
        raise Http404(name) from None
    answer = HttpResponse(data, _KINDS[name.rpartition(".")[2]])
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@require_safe
def made(request: HttpRequest, secret: str) -> HttpResponse:
    """Words that espeak-ng says, for the service that was just told of this address."""
    told = shared.get(f"said-{secret[:64]}")
    program = shutil.which(SYNTHESIZER)
    if told is None or program is None:
        raise Http404("nothing to be heard")
    words, language = told
    with tempfile.TemporaryDirectory(prefix="ngoma-speech-") as folder:
        file = Path(folder) / "said.wav"
        _run(program, "-v", language, "-s", WORDS_A_MINUTE, "--stdin", "-w", str(file), words=words)
        answer = HttpResponse(file.read_bytes(), "audio/wav")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _by(book: Book, key: str, language: str) -> str:
    """Who says a prompt."""
    if key in book.settings["prompts"]:
        return "recorded"
    if language in SPEECH:
        return "the service's voice"
    return SYNTHESIZER if speaks(language) else NOBODY


def _run(program: str, *options: str, words: str = "") -> bytes:
    done = subprocess.run(
        [program, *options],
        input=words.encode(),
        capture_output=True,
        check=True,
        timeout=SLOWEST_S,
    )
    return done.stdout


def _spoken(said: Said, language: str) -> str:
    """The words as they are said: choices with their keys, or what is to be said after the tone;
    numbers of reports letter by letter."""
    lines = said.text.split("\n")
    if said.takes:
        lines = [*lines[: len(lines) - len(said.choices)], texts.said("speak", language)]
    elif said.choices:
        lines = lines[: len(lines) - len(said.choices)]
        lines += [
            texts.said("press", language, choice=each, number=str(number))
            for number, each in enumerate(said.choices, 1)
        ]
    return _REFERENCE.sub(lambda found: " ".join(found.group().replace(" ", "")), " ".join(lines))
