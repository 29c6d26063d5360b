"""A month of the clock over a hundred cases, as an independent oracle says it goes."""

import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from ngoma.casework import assigning, deadlines, deciding, rebuild, reminding, talking, working
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.people.permissions import Actor
from ngoma.records.models import Alert, Case, Job, NextReminder
from tests.casework import month
from tests.casework.test_reminding import tell, tick

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_month_goes_as_an_oracle_says(town: Book, report: Any, crowd: dict[str, Actor]) -> None:
    """A hundred cases, holidays, questions, corrections, extensions, reopenings; two clocks that
    race, and stood still for three days."""
    draw = Random(11)
    stage = Stage(town, crowd, report, draw)
    minute, opened = 8 * 60, sorted(draw.randrange(8 * 60, 18 * 1440) for _ in range(100))
    with ThreadPoolExecutor(2) as clocks:
        while minute < 31 * 1440:
            while opened and opened[0] <= minute:
                stage.open(opened.pop(0))
            if not 12 <= minute / 1440 < 15:
                stage.tick(minute, clocks)
            for number in range(len(stage.cases)):
                if draw.random() < 0.08:
                    stage.act(number, minute)
            minute += draw.randrange(90, 480)
    found = [stage.found(case) for case in stage.cases]
    for number, told in enumerate(stage.told):
        assert found[number] == told.expected, number
    kinds = Counter(each[2] for told in stage.told for each in told.expected)
    assert {"50%", "80%", "90%", "late", "late+1d", "late+3d", 1, 2} <= set(kinds)
    assert sum(kinds.values()) > 250
    tick(month.at(minute))
    before = list(NextReminder.objects.order_by("pk").values_list("pk", "at"))
    reminding.rebuild(lambda done: None)
    assert list(NextReminder.objects.order_by("pk").values_list("pk", "at")) == before
    assert rebuild.rebuild(lambda done: None) == 0


@pytest.fixture
def town(tmp_path: Path, transactional_db: None) -> Book:
    """The small city, open on six days."""
    pack = shutil.copytree(Path(__file__).parents[1] / "cities" / "small", tmp_path / "small")
    city = pack / "city.toml"
    office = '["08:00-12:00", "13:00-17:00"]'
    days = ", ".join(f"{day} = {office}" for day in ("mon", "tue", "wed", "thu", "fri"))
    lines = city.read_text().splitlines()
    lines = [
        f'open = {{{days}, sat = ["09:00-12:00"]}}' if line.startswith("open =") else line
        for line in lines
    ]
    city.write_text("\n".join(lines))
    book.forget()
    return book.book_of(load(pack).pk)


@pytest.fixture
def crowd(employ: Callable[..., Actor]) -> dict[str, Actor]:
    """Everybody whom a ladder can tell, by what they are."""
    return {
        "triager": employ("triager"),
        "officer": employ("officer", "roads-west"),
        "assignee": employ("agent"),
        "clerk": employ("officer", "front"),
        "mender": employ("officer", "roads"),
        "west": employ("supervisor", "roads-west"),
        "roads": employ("supervisor", "roads"),
        "coordinator": employ("coordinator"),
    }


@dataclass
class Stage:
    """The cases of the month, and what the oracle knows of each."""

    town: Book
    crowd: dict[str, Actor]
    report: Callable[..., Any]
    draw: Random
    cases: list[Case] = field(default_factory=list)
    told: list[month.Told] = field(default_factory=list)

    def open(self, minute: int) -> None:
        """Somebody reports a pothole."""
        self.cases.append(self.report(at=month.at(minute)).case)
        lengths = {"answer": month.ANSWER, "solution": month.POTHOLE}
        self.told.append(
            month.Told({name: month.Promise(minute, each) for name, each in lengths.items()})
        )

    def tick(self, minute: int, clocks: ThreadPoolExecutor) -> None:
        """Two processes do what the clock does, at once."""

        def run(_number: int) -> None:
            try:
                tick(month.at(minute))
                deadlines.escalate_late(month.at(minute))
            finally:
                connection.close()

        for told in self.told:
            told.tick(minute)
        list(clocks.map(run, range(2)))
        if Job.objects.filter(kind="notices.alert").exists():
            tell()

    def act(self, number: int, minute: int) -> None:
        """Somebody does what the case allows."""
        told, case_id, draw = self.told[number], self.cases[number].pk, self.draw
        on = {"actor": self.crowd["coordinator"], "case_id": case_id, "at": month.at(minute)}
        case = Case.objects.get(pk=case_id)
        if told.state == "waiting":
            before = case.events.filter(kind="asked").latest("seq").data["was"]
            talking.inform(**on, text="There")
            told.informed(minute, before)
            return
        if told.state == "resolved":
            if not told.reopened:
                working.reopen(**on)
                told.again(minute)
            return
        steps = [self._ask, self._correct, self._assign]
        if told.state == "received":
            steps = [self._accept, *steps]
        else:
            steps += [self._resolve] if told.extended else [self._resolve, self._extend]
        draw.choice(steps)(told, on, minute)

    def _accept(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        deciding.accept(**on, department_id=self.town.department_by_code[told.department].id)
        told.state = "accepted"
        told.answered()

    def _ask(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        talking.ask(**on, text="Where?")
        told.asked(minute)

    def _correct(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        code = "pothole" if told.light else "light"
        deciding.correct(**on, service_id=self.town.service_by_code[code].id, urgency=0)
        told.department = "roads-west" if told.light else "roads"
        told.corrected(month.POTHOLE if told.light else month.LIGHT)

    def _assign(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        told.department = self.draw.choice(["front", "roads-west"])
        told.assigned = self.draw.random() < 0.4
        assigning.assign(
            **on,
            department_id=self.town.department_by_code[told.department].id,
            user_id=self.crowd["assignee"].user_id if told.assigned else None,
        )

    def _extend(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        deadlines.extend(**on, reason="private", days=3)
        told.prolonged(minute, 3)

    def _resolve(self, told: month.Told, on: dict[str, Any], minute: int) -> None:
        working.resolve(**on, text="Done")
        told.state = "resolved"

    def found(self, case: Case) -> list[tuple[object, ...]]:
        """What the clock did to a case, as the oracle says it."""
        names = {actor.user_id: name for name, actor in self.crowd.items()}
        found: list[tuple[object, ...]] = []
        for event in case.events.filter(kind__in=("reminded", "escalated")).order_by("seq"):
            if event.kind == "escalated":
                found.append((event.at, "escalated", event.data["step"]))
                continue
            users = Alert.objects.filter(event=event).values_list("user", flat=True)
            people = frozenset(names[user] for user in users)
            found.append((event.at, event.data["promise"], event.data["at"], people))
        return found
