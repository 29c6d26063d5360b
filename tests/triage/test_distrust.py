"""What a machine says is a draft at most, whatever it was told to say."""

from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.blanks import blanks
from ngoma.triage.distrust import private_blanked, redrafted, retold
from ngoma.triage.drafting import Draft, Sentence, Source, What, facts

LABELS: dict[What, str] = {"date": "date", "number": "number", "name": "name", "fact": "what"}
TEMPLATE = Source("template", "done", "")
CASE = Source("case", 7, "")
PLAIN = Draft(
    (
        Sentence("Thank you for telling us about the hole.", TEMPLATE),
        Sentence("It was filled with asphalt on [___ date].", CASE),
        Sentence("In danger call 999.", TEMPLATE),
    )
)


def worded(*said: tuple[str, list[int]]) -> list[Sentence]:
    made = redrafted(PLAIN, said, country="UG", labels=LABELS, check="check")
    return list(made.sentences)


def test_sources_go_with_the_words() -> None:
    assert worded(
        ("Thank you for telling us!", [1]),
        ("On [___ date] it was filled with asphalt; in danger call 999.", [2, 3]),
    ) == [
        Sentence("Thank you for telling us!", TEMPLATE),
        Sentence("On [___ date] it was filled with asphalt; in danger call 999.", CASE),
    ]


def test_a_blank_that_was_filled_is_a_blank_again() -> None:
    assert worded(("It was filled with asphalt on Monday.", [2])) == [PLAIN.sentences[1]]


def test_what_the_draft_does_not_state_is_no_fact() -> None:
    (said,) = worded(("Thank you for telling us about hole 17 or at pay.example.ug today", [1]))
    assert said.text == "Thank you for telling us about hole [___ number] or at [___ number] today"
    (said,) = worded(("In danger call 0772 123456.", [3]))
    assert blanks(said.text)
    assert "0772" not in said.text


def test_its_own_words_cannot_be_sent_unseen() -> None:
    for sources in ([], [99], [-1], [0], [1]):
        (said,) = worded(("The mayor himself will pay you for all damage to your car.", sources))
        assert (said.source, said.text[:11]) == (None, "[___ check]")


@given(
    said=st.lists(
        st.tuples(st.text(max_size=80), st.lists(st.integers(-2, 5), max_size=3)), max_size=25
    )
)
def test_nothing_it_says_makes_a_fact_or_an_error(said: list[tuple[str, list[int]]]) -> None:
    known = {fact for each in PLAIN.sentences for fact in facts(each.text)}
    for sentence in redrafted(PLAIN, said, country="UG", labels=LABELS, check="check").sentences:
        assert sentence.source or sentence.text.startswith("[___ check]")
        assert facts(sentence.text) <= known


def test_a_translation_states_the_numbers_of_the_original_alone() -> None:
    original = "가로등 3개가 7월 5일부터 꺼졌어요"
    assert retold("3 lamps are out since 5 July", original, country="KR", labels=LABELS) == (
        "3 lamps are out since 5 July"
    )
    told = retold("4 lamps. Call 010-1234-5678!", original, country="KR", labels=LABELS)
    assert told == "[___ number] lamps. Call [___ number]!"
    assert retold("x" * 400, original, country="KR", labels=LABELS) == ""
    assert retold("Call.", "Call [___ number].", country="KR", labels=LABELS) == ""


def test_what_leads_to_a_person_does_not_leave() -> None:
    text = "My name is Okello John, call 0772 123456 or jo@example.org"
    left = private_blanked(text, "UG", LABELS)
    assert left == "My name is [___ name], call [___ number] or [___ number]"
