"""The board and the alarms ask for what there is, and every alarm is explained."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client

from ngoma.cities.book import Book
from ngoma.settings.table import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DEPLOY = ROOT / "docs" / "deploy"
_NAME = re.compile(r"\bngoma_[a-z0-9_]+")
_FAMILY = re.compile(r"(?m)^# TYPE (\w+) (\w+)$")


@pytest.fixture
def there(town: Book, settings: Any) -> set[str]:
    """The names of all samples that metrics can have, also of those without any now."""
    Client().get("/small/")
    found: set[str] = set()
    for name, kind in _FAMILY.findall(Client().get("/metrics").content.decode()):
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        found |= {name + end for end in ends}
    return {name for name in found if name.startswith("ngoma_")}


def alarms() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DEPLOY / "alarms.yml").read_text(encoding="utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def asked_by_the_board() -> Iterator[str]:
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def names(asked: Iterator[str]) -> set[str]:
    return {name for each in asked for name in _NAME.findall(each)}


def test_alarms_ask_for_what_there_is(there: set[str]) -> None:
    asked = names(each["expr"] for each in alarms())
    assert asked
    assert asked - there == set()


def test_the_board_asks_for_what_there_is_and_shows_all_of_it(there: set[str]) -> None:
    shown = names(asked_by_the_board())
    assert shown - there == set()
    created = {name for name in there if name.endswith("_created")}
    known = {"ngoma_timer_every_seconds"} | shown
    assert there - created - known == set(), "what nobody looks at need not be asked for"


def test_every_alarm_is_explained_and_none_that_is_not_there() -> None:
    text = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^\| `(Ngoma[A-Za-z]+)` \| \S", text)
    assert len(explained) == len(set(explained))
    assert {each["alert"] for each in alarms()} == set(explained)


def test_an_alarm_says_how_urgent_it_is_and_in_words_what_is_so() -> None:
    for each in alarms():
        assert each["labels"]["severity"] in ("page", "look")
        assert each["annotations"]["summary"]
