"""Calls are heard in voices of people where a pack has them; else in those of machines."""

import io
import os
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings
from typer.testing import CliRunner

from ngoma.channels import speech
from ngoma.channels.dialogue import script
from ngoma.cities import book, prompts
from ngoma.cities.check import check
from ngoma.cities.load import load
from ngoma.cities.pack import read
from ngoma.commands import channels
from ngoma.records.models import City
from tests.channels.test_messengers import Gateway, gateway
from tests.channels.test_texting import officer
from tests.channels.test_ussd import PACKS
from tests.channels.test_voice import Step, step, words

__all__ = ["gateway", "officer", "step"]
MP3 = b"ID3" + b"\0" * 400


def tone(seconds: float = 0.5) -> bytes:
    """A WAV of silence, as a telephone has it."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * int(8000 * seconds))
    return held.getvalue()


@pytest.fixture
def pack(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """The pack of Kampala, with a folder for voices."""
    settings.MEDIA_ROOT = tmp_path / "media"
    script._script.cache_clear()  # what another test loads has the same version
    shutil.copytree(PACKS / "kampala", tmp_path / "kampala")
    (tmp_path / "kampala" / "voice").mkdir()
    yield tmp_path / "kampala"
    script._script.cache_clear()


def played(answer: object) -> list[str]:
    """The addresses of what is played, by either service."""
    parts = answer.iter("Play")  # type: ignore[attr-defined]
    return [urlsplit(part.text or part.get("url") or "").path for part in parts]


def test_people_are_heard_where_they_spoke(step: Step, gateway: Gateway, pack: Path) -> None:
    (pack / "voice" / "start.en.wav").write_bytes(tone())
    (pack / "voice" / "what.en.mp3").write_bytes(MP3)
    load(pack)
    first = step()
    (path,) = played(first)
    assert "Kampala" not in words(first)
    heard = Client().get(path)
    assert (heard.content, heard["Content-Type"]) == (tone(), "audio/wav")
    (path,) = played(step(digits="1"))
    assert Client().get(path).content == MP3
    asked = step(digits="1")
    assert played(asked) == []
    assert "After the tone" in words(asked), "what nobody spoke is read"


def test_who_pressed_a_wrong_key_hears_so_and_then_the_prompt(step: Step, pack: Path) -> None:
    (pack / "voice" / "start.en.wav").write_bytes(tone())
    load(pack)
    step()
    again = step(digits="9")
    assert words(again).startswith("Reply with one of the numbers.")
    assert len(played(again)) == 1


def test_another_recording_is_heard_once_the_pack_is_loaded_again(step: Step, pack: Path) -> None:
    file = pack / "voice" / "start.en.mp3"
    file.write_bytes(MP3)
    load(pack)
    before = played(step())
    version = City.objects.get(slug="kampala").version
    load(pack)
    assert City.objects.get(slug="kampala").version == version, "nothing new writes nothing"
    file.write_bytes(MP3 + b"x")
    load(pack)
    after = played(step(session="C2"))
    assert before != after
    assert Client().get(after[0]).content == MP3 + b"x"


@pytest.mark.parametrize(
    "name", ["0" * 64 + ".mp3", "0" * 64 + ".toml", "x", "..%2f..%2fkeys%2fsecret", "0" * 64]
)
def test_no_other_file_is_handed_out(db: None, name: str) -> None:
    assert Client().get(f"/channels/voice/{name}").status_code == 404
    assert Client().get(f"/channels/voice/said/{name}").status_code == 404


def test_a_machine_here_speaks_what_the_service_cannot(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which(speech.SYNTHESIZER):
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no espeak-ng: install it (Debian: apt install espeak-ng)")
    monkeypatch.delitem(speech.SPEECH, "sw")
    step()
    step(digits="3")
    answer = step(digits="3")
    paths = played(answer)
    assert paths
    assert words(answer) == ""
    heard = Client().get(paths[0])
    assert heard["Content-Type"] == "audio/wav"
    assert "no-store" in heard["Cache-Control"]
    with wave.open(io.BytesIO(heard.content)) as sound:
        assert sound.getnframes() / sound.getframerate() > 2, "seconds of speech"


def test_without_that_machine_the_service_reads_the_words(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(speech.SPEECH, "sw")
    monkeypatch.setattr(speech, "SYNTHESIZER", "no-such-program")
    speech.speaks.cache_clear()
    step()
    step(digits="3")
    answer = step(digits="3")
    assert played(answer) == []
    assert words(answer).startswith("Kampala: ambia jiji")
    speech.speaks.cache_clear()


def test_the_last_words_are_said_in_the_language_of_the_call(step: Step) -> None:
    step()
    step(digits="3")
    step(digits="3")
    end = step(digits="2")
    assert "Hatujui taarifa" in words(end)
    said = [part.get("language") for part in end.iter("Say")]
    assert said in (["sw-KE"], [None]), "Africa's Talking takes no language"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("start.en.ogg", b"OggS", "a prompt is an .mp3 or a .wav"),
        ("start.mp3", MP3, "no step of dialogue.toml that is spoken has the code ''"),
        ("begin.en.mp3", MP3, "no step of dialogue.toml that is spoken has the code 'begin'"),
        ("send.en.mp3", MP3, "no step of dialogue.toml that is spoken has the code 'send'"),
        ("start.ko.mp3", MP3, "'ko' is no language of the city"),
        ("start.en.mp3", tone(), "this is no MP3, whatever it is called"),
        ("start.en.wav", MP3, "this is no WAV, whatever it is called"),
        ("start.en.mp3", MP3 + b"\0" * 1_000_000, "1,000,403 bytes: a prompt has at most"),
        ("start.en.wav", tone(61), "61 seconds: a prompt has at most 60"),
        ("start.en.wav", b"RIFF\0\0\0\0WAVE", "no WAV that can be played"),
        ("start.en.mp3", b"", "this is no MP3"),
    ],
)
def test_the_check_explains_what_is_no_prompt(
    pack: Path, name: str, data: bytes, told: str
) -> None:
    (pack / "voice" / name).write_bytes(data)
    (problem,) = [each for each in check(pack) if not each.warning]
    assert problem.file == f"voice/{name}"
    assert told in problem.text


def test_the_check_warns_of_gaps_in_a_language_that_somebody_spoke(pack: Path) -> None:
    (pack / "voice" / "start.lg.wav").write_bytes(tone())
    (pack / "voice" / "start.lg.mp3").write_bytes(MP3)
    told = {str(each) for each in check(pack) if each.file.startswith("voice/")}
    assert "voice/start.lg.wav: there is another prompt for 'start.lg'" in told
    gaps = {each for each in told if "warning" in each}
    assert len(gaps) == len(prompts.spoken(read(pack).dialogue)) - 1
    assert any("the step 'what' has no prompt in 'lg'" in each for each in gaps)
    assert not any(".en." in each for each in gaps), "nobody spoke English at all"


def test_the_commands_say_what_can_be_recorded(
    pack: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "start", lambda data: None)
    (pack / "voice" / "start.lg.wav").write_bytes(tone())
    book.forget()
    load(pack)
    listed = CliRunner().invoke(channels.app, ["prompts", "kampala"]).output
    told = " ".join(listed.split())
    assert "voice/start.lg.mp3 (recorded)" in told
    assert "voice/start.en.mp3 (the service's voice) Kampala: tell the city Report a" in told
    checked = CliRunner().invoke(channels.app, ["check", "kampala"]).output
    assert f"voice/what.lg.mp3: {speech.NOBODY}" in " ".join(checked.split())
    assert "voice/start.lg.mp3" not in checked
    name = book.book("kampala").settings["prompts"]["start.lg"]
    assert default_storage.exists(f"private/voice/{name}")
