"""The call desk: what appears while one types, and the three ways in which a call ends."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Case, PersonalRead, Question, Report

Told = Callable[..., Case]
CALL = "/desk/small/call/"


def help_with(client: Client, **typed: str) -> str:
    answer = client.post(f"{CALL}help/", typed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_a_caller_reported_before_is_shown_and_the_look_is_written_down(
    at_work: Callable[..., Client], told: Told
) -> None:
    case = told("My old hole", phone="+256700000001")
    agent = at_work("agent")
    for _ in range(3):
        assert "My old hole" in help_with(agent, phone="0700 000 001")
    assert PersonalRead.objects.get().purpose == "call"
    assert "My old hole" not in help_with(agent, phone="0700 000 002")
    assert "My old hole" not in help_with(agent, phone="0700")
    assert case.reference[:3] in help_with(agent, phone="+256700000001")


def test_service_place_duplicates_and_danger_appear_while_one_types(
    at_work: Callable[..., Client], told: Told, town: Book
) -> None:
    told("A deep pothole near the market")
    agent = at_work("agent")
    page = help_with(agent, words="There is a deep pothole near the market", location="Kasubi")
    assert town.service_by_code["pothole"].names["en"] in page
    assert "Kasubi" in page
    page = help_with(agent, words="There is a deep pothole near the market", position="0.15, 32.05")
    assert "Is it this one?" in page
    assert "Danger" not in page
    assert "Danger" in help_with(agent, words="There is a live wire here")


def test_an_article_is_found_in_any_language(at_work: Callable[..., Client]) -> None:
    agent = at_work("agent")
    assert "At nine, but on Mondays." in help_with(agent, words="When does the pool open please")
    assert "At nine" in help_with(agent, words="Bwawa linafunguliwa lini?")
    assert "At nine" not in help_with(agent, words="There is a hole in the road")


def test_a_simple_question_never_becomes_a_case(at_work: Callable[..., Client], town: Book) -> None:
    agent = at_work("agent")
    form = {"do": "answered", "key": "k1", "article": "water-hours", "language": "sw",
            "words": "When does it open, asks Okello", "phone": "0700000001"}  # fmt: skip
    for _ in range(2):
        answer = agent.post(CALL, form, follow=True)
    assert "no case was opened" in answer.content.decode()
    question = Question.objects.get()
    assert (question.article, question.language, question.channel) == ("water-hours", "sw", "call")
    assert not Case.objects.exists()
    agent.post(CALL, {"do": "answered", "key": "k2", "article": "nonsense", "language": "xx"})
    assert Question.objects.get(key="k2").article == ""


def test_a_caller_adds_their_voice_to_a_known_case(
    at_work: Callable[..., Client], told: Told
) -> None:
    case = told("A deep pothole near the market")
    form = {"do": "file", "key": "k1", "words": "The same hole", "position": "0.15, 32.05",
            "same": case.reference, "language": "en"}  # fmt: skip
    answer = at_work("agent").post(CALL, form)
    assert answer["Location"] == f"/desk/small/cases/{case.reference}/"
    case.refresh_from_db()
    assert case.reports_count == 2
    assert Report.objects.filter(case=case, channel="call").count() == 1


def test_who_may_not_take_reports_down_is_helped_with_nothing(
    at_work: Callable[..., Client], told: Told
) -> None:
    told("Mine", phone="+256700000001")
    crew = at_work("crew")
    assert crew.get(CALL).status_code == 403
    assert crew.post(f"{CALL}help/", {"phone": "+256700000001"}).status_code == 403
    assert not PersonalRead.objects.exists()


def test_what_makes_no_sense_helps_nobody_and_harms_nothing(at_work: Callable[..., Client]) -> None:
    agent = at_work("agent")
    wild: dict[str, Any] = {
        "words": "x" * 100_000, "phone": "'; DROP", "email": "@", "position": "1e999, nan",
        "location": "\x00" * 10, "language": "zz", "service": "%s",
    }  # fmt: skip
    help_with(agent, **wild)
