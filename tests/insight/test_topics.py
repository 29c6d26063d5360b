"""Rising words of a city: from what is published alone, kept until the next look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.insight import topics
from ngoma.intake.submit import submit
from ngoma.records.models import Case, Job, Report, Topic
from ngoma.work import timers, worker
from tests.casework import MONDAY
from tests.intake import told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Tell = Callable[..., list[Case]]


@pytest.fixture
def tell(town: Book) -> Tell:
    """Takes in as many reports in a day."""

    def tell(number: int, words: str, at: datetime = MONDAY - DAY, **said: Any) -> list[Case]:
        cases = []
        for n in range(number):
            with frozen(at + n * timedelta(minutes=1)):
                receipt = submit(told(town, words=words, **{"service": "pothole"} | said))
                cases.append(receipt.case)
        return cases

    return tell


@pytest.fixture
def before(tell: Tell) -> None:
    """Eighty reports of the weeks before."""
    for week in range(1, 9):
        tell(10, "There is a deep hole in the road", MONDAY - DAY * (7 * week + 3))


def look(town: Book, at: datetime = MONDAY) -> list[Topic]:
    with frozen(at):
        topics.look(town.id)
    return list(Topic.objects.order_by("-z", "words"))


def test_what_is_said_more_often_is_kept_with_its_cases(
    town: Book, tell: Tell, before: None
) -> None:
    tell(20, "There is a deep hole in the road")
    cases = tell(14, "The water kiosk is dry")
    (topic, *_others) = found = look(town)
    assert {"kiosk", "dry"} & set(" ".join(each.words for each in found).split())
    assert (topic.language, topic.reports, topic.usual) == ("en", 14, 0)
    assert set(topic.cases) == {case.pk for case in cases}
    assert topic.since == MONDAY - topics.RECENT
    assert look(town) != [], "the rows of the last look"
    assert Topic.objects.count() == len(found)
    assert look(town, MONDAY + 30 * DAY) == [], "a month later nothing rises"


def test_words_that_are_not_published_are_never_read(town: Book, tell: Tell, before: None) -> None:
    tell(20, "There is a deep hole in the road")
    cases = tell(14, "Secret lamp")
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(public=False)
    assert look(town) == []
    Case.objects.update(public=True)
    Report.objects.filter(case__in=cases).update(public_words="")
    assert look(town) == []
    tell(14, "Call 0772 123456 about the rattle")
    found = look(town)
    assert any("rattle" in each.words for each in found)
    assert not any("0772" in each.words or "123456" in each.words for each in found)


def test_what_was_rejected_or_is_older_than_the_system_is_not_news(
    town: Book, tell: Tell, before: None
) -> None:
    tell(20, "There is a deep hole in the road")
    spam = tell(14, "Buy cheap watches")
    Case.objects.filter(pk__in=[case.pk for case in spam]).update(state="rejected")
    tell(14, "Recorded elsewhere entirely", channel="import")
    assert look(town) == []


def test_languages_are_compared_each_by_itself(town: Book, tell: Tell, before: None) -> None:
    tell(20, "There is a deep hole in the road")
    for week in range(1, 9):
        tell(5, "Taa ya barabarani haiwaki", MONDAY - DAY * (7 * week + 3), language="sw")
    tell(10, "Taa ya barabarani haiwaki", language="sw")
    tell(12, "Maji hayatoki bombani", language="sw")
    found = look(town)
    assert {each.language for each in found} == {"sw"}
    assert "maji" in found[0].words


def test_of_very_many_the_newest_are_read(
    town: Book, tell: Tell, before: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "MOST_RECENT", 40)
    monkeypatch.setattr(topics, "MOST_PAST", 50)
    tell(30, "There is a deep hole in the road", MONDAY - 2 * DAY)
    tell(20, "There is a deep hole in the road")
    tell(20, "The water kiosk is dry", MONDAY - DAY / 2)
    found = look(town)
    assert found[0].reports == 20
    assert found[0].since == MONDAY - DAY


def test_the_clock_has_every_city_looked_at(town: Book, tell: Tell, before: None) -> None:
    tell(20, "There is a deep hole in the road")
    tell(14, "The water kiosk is dry")
    with frozen(MONDAY):
        timers.tick(force=True)
        assert Job.objects.filter(kind="insight.topics").count() == 1
        worker.run_until_idle()
    assert Topic.objects.exists()
