"""Which language short words are in."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from ngoma.triage.language import identify, learn

KAMPALA = ("en", "lg", "sw")
SEEDS = Path(__file__).parent / "seeds"


@pytest.mark.parametrize(
    ("words", "languages", "code"),
    [
        ("The street light has been out for two weeks", KAMPALA, "en"),
        ("Waliwo ekinnya ekinene mu luguudo", KAMPALA, "lg"),
        ("Kuna shimo kubwa barabarani karibu na shule", KAMPALA, "sw"),
        ("가로등이 고장났어요", ("ko", "en"), "ko"),
        ("CCTV 고장 신고합니다 please", ("ko", "en"), "ko"),
        ("Die Straßenlampe ist kaputt", ("de", "en"), "de"),
        ("Tänavavalgusti ei põle", ("et", "en"), "et"),
        ("ถนนเป็นหลุม", KAMPALA, "th"),
        ("道路坏了", KAMPALA, "zh"),
        ("道路に穴があります", KAMPALA, "ja"),
        ("oluguudo lulimu ebinnya, please fix kubanga tugwa", KAMPALA, "lg"),
    ],
)
def test_words_tell(words: str, languages: tuple[str, ...], code: str) -> None:
    found = identify(words, None, languages)
    assert found.code == code
    assert found.confidence > 0.5


@pytest.mark.parametrize("words", ["", "12345", "🙂", "... !!"])
def test_where_words_say_nothing_the_page_does(words: str) -> None:
    assert identify(words, "lg", KAMPALA).code == "lg"
    assert identify(words, None, KAMPALA).code == "und"


def test_a_language_that_the_city_lacks_is_doubted() -> None:
    found = identify("Kuna shimo kubwa barabarani karibu na shule", None, ("ko",))
    assert (found.code, found.confidence < 0.1) == ("en", True)


@pytest.mark.parametrize("code", ["de", "es", "et", "fi", "fr"])
def test_profiles_are_made_from_their_texts(code: str) -> None:
    profiles = json.loads((files("ngoma.triage") / "profiles.json").read_text("utf-8"))
    seed = (SEEDS / f"{code}.txt").read_text("utf-8")
    assert profiles[code] == learn({code: [seed]})[code]
