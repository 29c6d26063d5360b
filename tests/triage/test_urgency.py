"""A danger that is written is never missed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage import Catalogue, Submission, read

Say = Callable[..., Submission]

DANGERS = [
    *((word, "now") for word in ("fire", "live wire", "omuliro", "moto", "감전", "불")),
    *((word, "soon") for word in ("open manhole", "맨홀 뚜껑")),
]


@pytest.mark.parametrize(("word", "level"), DANGERS)
def test_each_word_raises_its_level(city: Catalogue, say: Say, word: str, level: str) -> None:
    urgency = read(say(f"Help, {word}!"), city).urgency
    assert urgency.level == level
    assert urgency.reasons[0].kind == "word"


@given(word=st.sampled_from(DANGERS), before=st.text(), after=st.text())
def test_a_danger_anywhere_is_heard(
    city: Catalogue, say: Say, word: tuple[str, str], before: str, after: str
) -> None:
    assert read(say(f"{before} {word[0]} {after}"), city).urgency.level != "no"


@pytest.mark.parametrize(
    "words",
    ["FIRE", "fires", "the wire is live and the cable down, live and open wire", "불이 났어요",
     "맨홀의 뚜껑이 없어요", "no fire any more", "muliro", "xyzzy qwrt fire plugh"],
)  # fmt: skip
def test_forms_and_negations_do_not_hide_it(city: Catalogue, say: Say, words: str) -> None:
    assert read(say(words), city).urgency.level != "no"


@pytest.mark.parametrize(
    "words", ["a motorcycle blocks the way", "불법 주차", "the garbage smells"]
)
def test_a_like_word_is_no_alarm(city: Catalogue, say: Say, words: str) -> None:
    assert read(say(words), city).urgency.level == "no"


def test_a_dangerous_service_is_urgent_of_itself(city: Catalogue, say: Say) -> None:
    urgency = read(say("", chosen=4), city).urgency
    assert (urgency.level, urgency.reasons[0].kind) == ("soon", "service")


def test_words_raise_above_the_service(city: Catalogue, say: Say) -> None:
    assert read(say("cable down, fire", chosen=4), city).urgency.level == "now"


def test_answers_and_photos_are_heard(city: Catalogue, say: Say) -> None:
    answered = read(say("", answers={"what": "there is fire", "n": 3}), city).urgency
    seen = read(say("", photo_hints=("fire",)), city).urgency
    assert (answered.level, answered.reasons[0].kind) == ("now", "answer")
    assert (seen.level, seen.reasons[0].kind) == ("now", "photo")


def test_an_unread_language_is_less_surely_calm(city: Catalogue, say: Say) -> None:
    known = read(say("Please come and look at this bench, it is old"), city).urgency
    unknown = read(say("กรุณามาดูม้านั่งตัวนี้"), city).urgency
    assert known.probability > unknown.probability


def test_a_burst_makes_of_what_may_be_dangerous_a_danger(city: Catalogue, say: Say) -> None:
    risky = next(each for each in city.services if each.urgency == "soon")
    calm = next(each for each in city.services if each.urgency == "no")
    for service, levels in ((risky, ("soon", "now")), (calm, ("no", "no"))):
        words = service.keywords["en"][0]
        alone = read(say(words, chosen=service.id), city).urgency
        among = read(say(words, chosen=service.id, bursting=frozenset({service.id})), city).urgency
        assert (alone.level, among.level) == levels
    others = read(say(words, bursting=frozenset({risky.id})), city).urgency
    assert others.level == "no"
