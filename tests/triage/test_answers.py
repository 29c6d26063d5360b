"""What a report could be answered with."""

from collections.abc import Callable
from datetime import UTC, datetime

from ngoma.triage import Catalogue, Past, Submission, read

Say = Callable[..., Submission]
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_template_of_the_service_comes_before_the_general_one(
    city: Catalogue, say: Say
) -> None:
    found = read(say("a pothole"), city).answers
    assert [answer.template_id for answer in found] == ["hole-filled", "thanks"]
    assert [answer.kind for answer in found] == ["resolve", "accept"]


def test_the_most_similar_past_case_is_first(city: Catalogue, say: Say) -> None:
    past = [
        Past(1, 1, "road full of dust", "Watered.", "en", NOON),
        Past(2, 1, "a pothole by the school gate", "Filled.", "en", NOON),
        Past(3, 3, "garbage", "Taken away.", "en", NOON),
    ]
    found = read(say("pothole at school gate"), city, past=past).answers
    cases = [answer for answer in found if answer.kind == "past"]
    assert [answer.case_id for answer in cases] == [2, 1]
    assert cases[0].reasons[0].case_id == 2
