"""Cities in which everything has happened that a resident's page can look like.

    python -m tests.browser.stage kampala seoul

adds it to the installation at NGOMA_DATA, and writes as JSON, by city, the reports' references and
secrets by what became of them. A program of its own: Django speaks to one database for all its
life, and that of the tests is another.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from ngoma.settings.start import start

start()

from django.core import signing  # noqa: E402

from ngoma.base.clock import frozen, now  # noqa: E402 - Django has to be set up before
from ngoma.casework import deciding, rating, talking, working  # noqa: E402
from ngoma.cities.book import Book, book, book_of  # noqa: E402
from ngoma.cities.demo import ILLUSTRATIONS  # noqa: E402
from ngoma.cities.load import load  # noqa: E402
from ngoma.insight import nightly  # noqa: E402
from ngoma.intake import photos  # noqa: E402
from ngoma.intake.submission import Submission  # noqa: E402
from ngoma.intake.submit import submit  # noqa: E402
from ngoma.ledger import sealing  # noqa: E402
from ngoma.notices import following  # noqa: E402
from ngoma.people import vault  # noqa: E402
from ngoma.people.permissions import resident, staff  # noqa: E402
from ngoma.public import mine  # noqa: E402
from ngoma.records.models import Membership, Photo, Place, Report, Role, User  # noqa: E402
from ngoma.settings import prepare  # noqa: E402
from ngoma.settings.prepared import PACKS  # noqa: E402
from ngoma.work.worker import run_until_idle  # noqa: E402

DAY = 24.0


@dataclass(frozen=True, slots=True)
class Said:
    """What people of a city say, where the problem is, and codes of the city's pack."""

    lat: float
    lon: float
    landmark: str
    hole: str
    rubbish: str
    wire: str
    secret: str
    question: str
    answer: str
    danger: str
    private: str
    reason: str
    body: str


CITIES = {
    "kampala": Said(
        lat=0.3476,
        lon=32.5825,
        landmark="Opposite the gate of Kalerwe market",
        hole="Deep hole in the road, bodas swerve round it",
        rubbish="The skip has not been emptied for two weeks",
        wire="A live wire is on the ground and it is sparking",
        secret="He asked me for money before he would stamp the form",
        question="Which side of the road is it on?",
        answer="The team filled the hole this morning.",
        danger="power-line",
        private="corruption",
        reason="not-found",
        body="nwsc",
    ),
    "seoul": Said(
        lat=37.556,
        lon=126.9055,
        landmark="망원시장 정문 앞",
        hole="도로에 큰 구멍이 생겨 오토바이가 피해 다닙니다",
        rubbish="두 주째 쓰레기를 치우지 않았습니다",
        wire="전선이 끊어져 바닥에 내려와 있고 불꽃이 튑니다",
        secret="담당 직원이 불친절하고 처리를 해 주지 않습니다",
        question="도로 어느 쪽인가요?",
        answer="오늘 아침에 구멍을 메웠습니다.",
        danger="cable",
        private="staff-conduct",
        reason="not-found",
        body="police",
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One verb, so many hours after the report. `photo`: an illustration that comes with it."""

    after: float
    verb: Callable[..., object]
    data: dict[str, Any] = field(default_factory=dict)
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A report told so many hours ago, and what became of it."""

    hours: float
    words: str
    service: str = "pothole"
    photo: str = ""
    joins: str = ""
    steps: tuple[Step, ...] = ()


def stories(said: Said) -> dict[str, Story]:
    """One report for everything that a page can look like, by what became of it."""
    accept = Step(3, deciding.accept)
    fixed = Step(5 * DAY, working.resolve, {"text": said.answer}, photo="pothole-after")
    hole = partial(Story, words=said.hole, photo="pothole-before")
    rubbish = partial(Story, words=said.rubbish, service="")
    return {
        "received": rubbish(2, photo="rubbish-before"),
        "bare": rubbish(1),
        "danger": Story(0.2, said.wire, service=said.danger, photo="cable"),
        "working": hole(2 * DAY, steps=(accept, Step(30, working.start))),
        "late": hole(60 * DAY, steps=(accept,)),
        "waiting": hole(DAY, steps=(accept, Step(5, talking.ask, {"text": said.question}))),
        "resolved": hole(6 * DAY, steps=(accept, fixed)),
        "rated": hole(7 * DAY, steps=(accept, fixed, Step(6 * DAY, rating.rate, {"score": 4}))),
        "reopened": hole(
            7 * DAY, steps=(accept, fixed, Step(6 * DAY, working.reopen, {"text": said.hole}))
        ),
        "rejected": rubbish(2 * DAY, steps=(Step(6, deciding.reject, {"reason": said.reason}),)),
        "referred": rubbish(2 * DAY, steps=(Step(6, deciding.refer, {"body": said.body}),)),
        "private": Story(2 * DAY, said.secret, service=said.private),
        "joined": hole(DAY, joins="working"),
    }


def play(slug: str) -> dict[str, tuple[str, str]]:
    """Load a city and let it all happen; the reports' references and secrets."""
    city, said = load(PACKS / slug), CITIES[slug]
    book = book_of(city.pk)
    user, _made = User.objects.get_or_create(username="stage")
    Membership.objects.get_or_create(user=user, city=city, role=Role.COORDINATOR)
    told: dict[str, Report] = {}
    for name, story in stories(said).items():
        with frozen(now() - timedelta(hours=story.hours)):
            joins = told[story.joins].reference if story.joins else None
            told[name] = _tell(book, said, name, story, joins)
        for step in story.steps:
            with frozen(now() - timedelta(hours=story.hours - step.after)):
                _do(step, told[name], user)
    ways = {name: (report.reference, report.secret) for name, report in told.items()}
    return ways | _ways_in(book, told["working"])


def _ways_in(book: Book, report: Report) -> dict[str, tuple[str, str]]:
    """What a code leads to: a case and a place that are followed, the list of one's reports."""
    address = vault.normalise(email="stage@example.org")
    assert address is not None
    place = Place.objects.filter(city=book.id, parent=None).earliest("pk")
    of_case = following.follow(book.id, address, language=book.languages[0], case=report.case)
    of_place = following.follow(book.id, address, language=book.languages[0], place=place)
    contact = vault.keep(book.id, address, language=book.languages[0])
    Report.objects.filter(city=book.id).update(contact=contact)
    return {
        "followed": (report.reference, of_case.secret),
        "neighbour": (place.code, of_place.secret),
        "mine": ("", signing.dumps(contact.pk, salt=mine.SALT)),
    }


def _tell(book: Book, said: Said, name: str, story: Story, joins: str | None) -> Report:
    return submit(
        Submission(
            book=book,
            origin="stage",
            key=name,
            channel="web",
            words=story.words,
            service=story.service or None,
            lat=said.lat,
            lon=said.lon,
            location=said.landmark,
            photos=(_illustration(story.photo),) if story.photo else (),
            joins=joins,
            at=now(),
            demo=True,
        )
    ).report


def _do(step: Step, report: Report, user: User) -> None:
    by_resident = step.verb in (rating.rate, working.reopen)
    data = dict(step.data)
    if step.photo:
        stored = photos.store(_illustration(step.photo), kind=Photo.Kind.AFTER)
        data["photo_ids"] = (stored.pk,)
    actor = resident(report) if by_resident else staff(user)
    step.verb(actor=actor, case_id=report.case_id, **data)


def _illustration(name: str) -> bytes:
    return (ILLUSTRATIONS / f"{name}.jpg").read_bytes()


def main(cities: list[str]) -> None:
    """Make the installation ready, and let it all happen in each of the cities."""
    prepare.migrate(lambda _: None)
    prepare.collect_static(lambda _: None)
    told = {slug: play(slug) for slug in cities}
    run_until_idle()
    while sealing.seal():
        pass
    for slug in cities:
        nightly.make(book(slug))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
