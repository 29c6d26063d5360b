"""Sentences of a package: in the language asked for, else in English."""

from ngoma.base.sentences import languages, sentences


def test_a_language_without_a_file_is_answered_in_english() -> None:
    assert sentences("ngoma.intake", "tlh") == sentences("ngoma.intake", "en")
    assert "tlh" not in languages("ngoma.intake")


def test_another_language_says_the_same_otherwise() -> None:
    english, korean = sentences("ngoma.intake", "en"), sentences("ngoma.intake", "ko")
    assert english.keys() == korean.keys()
    assert english != korean
