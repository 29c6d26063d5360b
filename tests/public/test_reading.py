"""How reports are read, for everybody: a page and the same figures for programs."""

from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Learned, Quality

pytestmark = pytest.mark.django_db
PAGE = "/small/how-reports-are-read"


def sums(decided: int) -> dict[str, Any]:
    return {
        "decided": decided, "right": decided // 2, "sure": decided // 2,
        "sure_right": decided // 2, "promised": decided / 2, "dangers": 0, "dangers_seen": 0,
        "due": decided, "in_time": decided // 4,
    }  # fmt: skip


@pytest.fixture
def measured(town: Book) -> None:
    """Figures in which one language has few reports."""

    def row(key: str, decided: int) -> dict[str, Any]:
        return {"key": key, "now": sums(decided), "before": sums(decided)}

    by: dict[str, Any] = {
        "language": [row("en", 1000), row("lg", 19)],
        "channel": [row("sms", 1019)],
        "place": [row(str(town.place_by_code["west"].id), 1019)],
        "service": [row(str(town.service_by_code["pothole"].id), 1019)],
    }
    figures = {"model": "keywords-1", "whole": row("", 1019), "by": by}
    Quality.objects.create(city_id=town.id, day=now().date(), measured_at=now(), figures=figures)


def test_a_new_city_says_what_the_program_does(reader: Client) -> None:
    page = reader.get(PAGE).content.decode()
    for said in ("It never rejects", "has not learned from decisions", "Nothing has been measured"):
        assert said in page
    assert reader.get(f"{PAGE}.json").json()["measured_at"] is None


def test_figures_are_told_but_for_slices_that_tell_of_single_ones(
    reader: Client, measured: None
) -> None:
    page = reader.get(PAGE).content.decode()
    for said in ("1,019 of its proposals", "50%", "English", "text message", "West", "25%"):
        assert said in page
    assert "Luganda" not in page.split("<main")[1]
    found = reader.get(f"{PAGE}.json").json()
    assert [each["key"] for each in found["language"]] == ["en"]
    assert found["language"][0]["in_time"] == 250
    assert (found["model"], found["days"], found["all"]["decided"]) == ("keywords", 28, 1019)


def test_what_it_learned_from_is_told(reader: Client, town: Book) -> None:
    Learned.objects.create(city_id=town.id, started_at=now(), used_at=now(), decisions=12345)
    assert "From 12,345 decisions" in reader.get(PAGE).content.decode()
    assert reader.get(f"{PAGE}.json").json()["learned_from_decisions"] == 12345
