"""What rises: words and bursts with their cases, for who oversees them; and the morning's mail."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Case, Topic, User
from tests.desk.test_rising import burst

pytestmark = pytest.mark.django_db
PAGE = "/desk/small/topics/"


@pytest.fixture
def topic(town: Book) -> Callable[..., Topic]:
    """Keeps a rising word of some cases."""

    def topic(words: str, cases: list[Case], language: str = "en") -> Topic:
        return Topic.objects.create(
            city_id=town.id, language=language, words=words, reports=14, usual=1.53, z=5.27,
            cases=[case.pk for case in cases], since=now() - timedelta(days=7), at=now(),
        )  # fmt: skip

    return topic


def table(client: Client, kind: str) -> list[dict[str, str]]:
    answer = client.get(PAGE, {"csv": kind})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_words_and_bursts_are_shown_with_their_cases(
    town: Book, coordinator: Client, told: Callable[..., Case], topic: Callable[..., Topic]
) -> None:
    cases = [told(f"Hole {n}") for n in range(7)]
    topic("water kiosk", cases)
    topic("maji", cases, language="sw")
    over = burst(town, cases, found_at=now() - timedelta(days=3), ended_at=now())
    burst(town, cases, found_at=now() - timedelta(days=20), ended_at=now(), words="Long ago")
    page = coordinator.get(PAGE).content.decode()
    for said in (
        "water kiosk", "English", "Kiswahili", "maji", "5.3", cases[6].reference, "and 2 more",
        "10 reports within 2 hours", "“A deep hole opened”", '<path class="range"', "<circle",
        "Hole in the road, West", "How this was computed",
    ):  # fmt: skip
        assert said in page, said
    assert "Long ago" not in page
    word, _other = table(coordinator, "words")
    assert (word["words"], word["reports"], word["usual"]) == ("water kiosk", "14", "1.53")
    assert word["cases"].split() == [case.reference for case in reversed(cases)]
    [row] = table(coordinator, "bursts")
    assert (row["reports"], row["ended_at"]) == ("10", over.ended_at.isoformat())
    assert coordinator.get(PAGE, {"csv": "secrets"}).status_code == 404


def test_without_any_it_says_so(coordinator: Client) -> None:
    page = coordinator.get(PAGE).content.decode()
    assert "No word is said more often than before." in page
    assert "There was none." in page


def test_only_what_one_oversees_is_listed(
    town: Book,
    at_work: Callable[..., Client],
    told: Callable[..., Case],
    topic: Callable[..., Topic],
) -> None:
    case = told("Hole")
    topic("water kiosk", [case])
    burst(town, [case])
    assert at_work("officer").get(PAGE).status_code == 403
    own = town.departments[case.department_id or 0].code
    page = at_work("supervisor", own).get(PAGE).content.decode()
    assert "water kiosk" in page
    assert case.reference in page
    other = at_work("supervisor", "front")
    page = other.get(PAGE).content.decode()
    assert "water kiosk" not in page
    assert case.reference not in page
    assert table(other, "words") == table(other, "bursts") == []


def test_the_morning_is_sent_to_who_asks_for_it(
    coordinator: Client, at_work: Callable[..., Client]
) -> None:
    user: Any = User.objects.get()
    assert not user.digest
    assert coordinator.post(f"{PAGE}mail/", {"digest": "yes"}).status_code == 302
    user.refresh_from_db()
    assert user.digest
    assert "checked" in coordinator.get(PAGE).content.decode()
    coordinator.post(f"{PAGE}mail/")
    user.refresh_from_db()
    assert not user.digest
    assert at_work("officer").post(f"{PAGE}mail/", {"digest": "yes"}).status_code == 403
    assert not User.objects.filter(digest=True).exists()


def test_filters_leave_words_and_bursts_of_some_cases(
    town: Book, coordinator: Client, told: Callable[..., Case], topic: Callable[..., Topic]
) -> None:
    hole, lamp = told("Hole"), told("Lamp", service="light")
    topic("deep hole", [hole])
    topic("taa", [lamp], language="sw")
    burst(town, [hole])
    for asked, words, many in (
        ({"service": "pothole"}, ["deep hole"], 1),
        ({"service": "light"}, ["taa"], 0),
        ({"language": "sw"}, ["taa"], 1),
        ({"place": "west"}, ["deep hole", "taa"], 1),
        ({"place": "east"}, [], 0),
        ({"service": "x", "place": "9" * 30, "language": "%"}, ["deep hole", "taa"], 1),
    ):
        page = coordinator.get(PAGE, asked).content.decode()
        for word in ("deep hole", "taa"):
            assert (f'<th scope="row">{word}</th>' in page) is (word in words), asked
        rows = coordinator.get(PAGE, {**asked, "csv": "bursts"}).content.decode("utf-8-sig")
        assert len(rows.splitlines()) == 1 + many, asked
    page = coordinator.get(PAGE, {"service": "light"}).content.decode()
    assert f"{PAGE}?service=light&amp;csv=words" in page
    assert '<option value="light" selected>' in page
