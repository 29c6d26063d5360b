"""Which language short words are in."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from tests.triage.romanised import romanised

from ngoma.triage.language import by_sentence, identify, learn

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
    assert found.confidence < 0.1


TEN = ("en", "ko", "lg", "sw", "de", "et", "fr", "es", "th", "zh")
# Of the texts of InjongoIntent, SIB-200, petitions to the Korean presidency, messages after the
# earthquake in Haiti (as they were written), Django's messages in Thai and Chinese, and the packs.
REAL = [
    ("Nsiimudde okwalula abalongo ba Lwasa ku kkalenda yange okubaddeyo enkya.", "lg"),
    ("ettaala ku siteegi salama road teyaka ekizikiza kingi batubba amasimu", "lg"),
    ("tafadhali seti kengele ya saa 6:48 asubuhi inikumbushe ninywe dawa", "sw"),
    ("Can you provide information on availability and pricing?", "en"),
    ("Nous avons besoin d’aide. Les enfants ont besoin de soins fontamara 37.", "fr"),
    ("Que dios te bendiga Haiti! para me por favor gracias muchase", "es"),
    ("Die ersten richtigen Teleskope wurden im späten 16. Jahrhundert gebaut.", "de"),
    ("Laiad puiesteed, klaasist esiküljega hooned ja kaubanduskeskused", "et"),
    ("길고양이를 도와주세요 .", "ko"),
    ("ตรรกะแบบบูลหมายถึง ค่าจริง", "th"),
    ("不允许是用空字符串。", "zh"),
]


@pytest.mark.parametrize(("words", "code"), REAL)
def test_real_sentences_are_told_among_ten_languages(words: str, code: str) -> None:
    assert identify(words, None, TEN).code == code


@pytest.mark.parametrize(
    "words",
    [
        "garodeung gojang nasseoyo",
        "jip ap doro e keun gumeong i saenggyeosseoyo ppalli gochyeo juseyo",
        "sseuregi naemsae ga neomu simhaeyo",
        "annyeonghaseyo singo hamnida",
        romanised("쓰레기를 아무도 가져가지 않아서 냄새가 납니다"),
    ],
)
def test_korean_in_latin_letters_is_korean(words: str) -> None:
    assert identify(words, None, ("ko", "en")).code == "ko"


@pytest.mark.parametrize(
    ("words", "languages", "codes"),
    [
        (f"{REAL[0][0]} {REAL[3][0]}", TEN, ["lg", "en"]),
        (f"{REAL[8][0]} {REAL[3][0]} {REAL[10][0]}", TEN, ["ko", "en", "zh"]),
        ("The lamp is out. Taa haiwaki tangu Jumatatu. 0.31, 32.58.", KAMPALA, ["en", "sw"]),
        ("12. Waliwo ekinnya ekinene mu luguudo. Ekinnya kinene!", KAMPALA, ["lg"]),
        ("도로가 파였어요. Please repair it soon, it is dangerous.", ("ko", "en"), ["ko", "en"]),
        ("oluguudo lulimu ebinnya, please fix kubanga tugwa", KAMPALA, ["lg"]),
        ("", KAMPALA, []),
    ],
)
def test_each_sentence_has_its_language(
    words: str, languages: tuple[str, ...], codes: list[str]
) -> None:
    parts = by_sentence(words, None, languages)
    assert [part.language.code for part in parts] == codes
    assert "".join(words[part.start : part.end] for part in parts).replace(" ", "") == (
        words.replace(" ", "")
    )


@pytest.mark.parametrize("code", ["de", "es", "et", "fi", "fr", "ko-Latn"])
def test_profiles_are_made_from_their_texts(code: str) -> None:
    profiles = json.loads((files("ngoma.triage") / "profiles.json").read_text("utf-8"))
    seed = (SEEDS / f"{code}.txt").read_text("utf-8")
    assert profiles[code] == learn({code: [seed]})[code]
