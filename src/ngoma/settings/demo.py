"""The demonstration: the reports a pack brings, living their lives in the weeks before now.

Each report goes in through `intake` and every step through its verb, with the clock turned back, so
that the demonstration is made of the same events as a real city.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from ngoma.base.clock import frozen, now
from ngoma.casework import assigning, deadlines, deciding, rating, talking, working
from ngoma.cities import demo as pack
from ngoma.cities.book import Book, book_of
from ngoma.intake import photos
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.moving import to_yesterday
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.people import apikeys
from ngoma.people.permissions import Actor, resident, staff
from ngoma.records.models import City, Membership, Report, Role, State, User
from ngoma.settings import keys
from ngoma.settings.prepared import PACKS
from ngoma.work.worker import run_until_idle

if TYPE_CHECKING:
    from rich.progress import Progress

ORIGIN = "demo"
ROLES = (Role.TRIAGER, Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Something that happened in the demonstration."""

    at: datetime
    what: Callable[[], object]


def fill(city: City, progress: "Progress") -> None:
    """Add what the pack demonstrates: reports, staff, an API key. Once; all or nothing."""
    reports = pack.reports(PACKS / city.slug)
    recorded = city.settings.get("demo", {}).get("recorded")
    if not (reports or recorded) or Report.objects.filter(city=city, origin=ORIGIN).exists():
        return
    with transaction.atomic():
        actor = cast(city)
        if recorded:
            _record(city, PACKS / city.slug / recorded, progress)
        if reports:
            _perform(city, actor, reports, progress)


def _record(city: City, path: Path, progress: "Progress") -> None:
    """Take over requests as they were recorded, up to yesterday."""
    book, mapping = book_of(city.pk), Mapping(origin=ORIGIN)
    task = progress.add_task(f"Recorded requests of {city.slug}", total=None)
    importing.run(
        path,
        book,
        mapping,
        rejected=Path(settings.NGOMA_DATA) / "rejected.csv",
        progress=lambda done, size, rows: progress.update(task, completed=rows),
        change=to_yesterday(path, book, mapping),
        demo=True,
    )


def _perform(
    city: City, actor: Actor, reports: list[pack.DemoReport], progress: "Progress"
) -> None:
    """Let written reports live their lives, moment by moment."""
    stage = _Stage(book_of(city.pk), actor, {each.key: each for each in reports})
    moments = sorted(stage.moments(now()), key=lambda moment: moment.at)
    task = progress.add_task(f"Demonstration of {city.slug}", total=len(moments))
    for moment in moments:
        with frozen(moment.at):
            moment.what()
            run_until_idle()
        progress.advance(task)


def logins() -> Iterator[str]:
    """A line for each demonstration login, all with the password of this installation."""
    names = User.objects.filter(username__in=_usernames()).values_list("username", flat=True)
    if names:
        yield f"Demonstration logins at /desk/, password {_password()}:"
        yield from (f"  {name}" for name in sorted(names))


class _Stage:
    """The reports of one pack, told as moments in time."""

    def __init__(self, book: Book, actor: Actor, reports: dict[str, pack.DemoReport]) -> None:
        self.book = book
        self.actor = actor
        self.reports = reports

    def moments(self, until: datetime) -> Iterator[_Moment]:
        """Every report, every step and every daily tick, up to `until`."""
        oldest = max(each.age for each in self.reports.values())
        for day in range(oldest.days + 1):
            yield _Moment(until - timedelta(days=day), _tick)
        for each in self.reports.values():
            told = until - each.age
            yield _Moment(told, partial(self.tell, each))
            for step in each.story:
                if told + step.after < until:
                    yield _Moment(told + step.after, partial(self.play, each.key, step))

    def tell(self, told: pack.DemoReport) -> None:
        """Hand in one report."""
        joins = self._report(told.same_as).case.reference if told.same_as else None
        submit(
            Submission(
                book=self.book,
                origin=ORIGIN,
                key=told.key,
                channel=told.channel,
                words=told.words,
                language=told.language,
                service=told.service or None,
                lat=told.lat,
                lon=told.lon,
                place=told.place or None,
                location=told.location,
                answers={code: _as_typed(given) for code, given in told.answers.items()},
                photos=(_illustration(told.photo),) if told.photo else (),
                email=f"{told.key}@resident.example" if told.contact else "",
                joins=joins,
                at=now(),
                demo=True,
            )
        )

    def play(self, key: str, step: pack.DemoStep) -> None:
        """Do one step of a report's story."""
        report = self._report(key)
        if step.step == "close" and report.case.state == State.CLOSED:
            return  # the clock was first
        data: dict[str, Any] = dict(step.data)
        if "photo" in data:
            data["photo_ids"] = (photos.store(_illustration(data.pop("photo"))).pk,)
        if step.step == "extend":
            data.setdefault("days", 5)
        by_resident = step.step in ("inform", "rate", "reopen")
        actor = resident(report) if by_resident else self.actor
        _VERBS[step.step](actor=actor, case_id=report.case_id, **data)

    def _report(self, key: str) -> Report:
        return Report.objects.select_related("case").get(city=self.book.id, origin=ORIGIN, key=key)


_VERBS: dict[str, Callable[..., object]] = {
    "accept": deciding.accept,
    "start": working.start,
    "ask": talking.ask,
    "inform": talking.inform,
    "resolve": working.resolve,
    "reject": deciding.reject,
    "refer": deciding.refer,
    "close": working.close,
    "reopen": working.reopen,
    "extend": deadlines.extend,
    "rate": rating.rate,
    "assign": assigning.assign,
}


def _tick() -> None:
    deadlines.escalate_late()
    working.close_finished()


def _as_typed(given: Any) -> str | list[str]:
    """An answer of the pack as a form would hand it over."""
    return [str(each) for each in given] if isinstance(given, list) else str(given)


def _illustration(name: str) -> bytes:
    return (pack.ILLUSTRATIONS / f"{name}.jpg").read_bytes()


def cast(city: City) -> Actor:
    """Employ the people of the demonstration and add its API key; returns the coordinator."""
    for role in ROLES:
        settings_too = role == Role.ADMINISTRATOR
        user = User.objects.create_user(
            f"{city.slug}-{role}",
            password=_password(),
            is_staff=settings_too,
            is_superuser=settings_too,
        )
        Membership.objects.create(user=user, city=city, role=role)
    key = city.settings.get("demo", {}).get("api_key")
    if key:
        apikeys.create(city.pk, name="demonstration", key=key, updates=True)
    return staff(User.objects.get(username=f"{city.slug}-{Role.COORDINATOR}"))


def _usernames() -> list[str]:
    return [
        f"{city}-{role}" for city in City.objects.values_list("slug", flat=True) for role in ROLES
    ]


def _password() -> str:
    return keys.read_or_make(Path(settings.NGOMA_DATA) / "keys" / "demo")[:12]
