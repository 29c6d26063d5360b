"""Many random commands, read by the worker's readers at random moments: are the kept sums still
what a recount of the reports gives, and what a rebuild makes?"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec
from tests.casework.test_invariants import STEPS

from bench import staff
from ngoma.base.clock import frozen, now
from ngoma.casework import deciding
from ngoma.casework.errors import Refusal
from ngoma.cities.book import Book
from ngoma.insight import arriving, performing
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import submit
from ngoma.people.permissions import SYSTEM
from ngoma.people.permissions import staff as employed
from ngoma.records.models import Case, Proposal, Report, User
from ngoma.records.sql.counts import ARRIVALS, DAYS, HOURS, PERFORMANCE
from ngoma.records.sql.statements import fetch

REPORTS = 2000
_EPOCH = date(1970, 1, 1)


class Recounted(msgspec.Struct):
    """How many commands were given and how many of them the rules refused; how many rows of each
    table differ from a recount (of arrivals), and from a rebuild."""

    database: str
    commands: int
    refused: int
    seconds: float
    rows: int
    from_recount: int
    from_rebuild: int


def measure(
    book: Book, database: str, commands: int, advance: Callable[[int], object]
) -> Recounted:
    """Give the commands, let the readers follow, and count anew."""
    draw = Random(11)
    clerk = employed(User.objects.get(username=staff.NAME))
    services = [each.code for each in book.services.values() if not each.retired]
    cases: list[int] = []
    refused = 0
    started = time.perf_counter()
    for number in range(commands):
        try:
            _command(book, draw, clerk, services, cases, number)
        except (Refusal, Refused, Report.DoesNotExist, Case.DoesNotExist):
            refused += 1
        if draw.random() < 0.01:
            _follow()
        if number % 100 == 99:
            advance(100)
    _follow()
    seconds = time.perf_counter() - started
    kept = {table.name: Counter(fetch(f"SELECT * FROM {table.name}")) for table in _TABLES}
    recount = _recount(book)
    from_recount = sum(_difference(kept[name], rows) for name, rows in recount.items())
    arriving.rebuild(lambda done: None)
    performing.rebuild(lambda done: None)
    again = {table.name: Counter(fetch(f"SELECT * FROM {table.name}")) for table in _TABLES}
    from_rebuild = sum(_difference(kept[name], again[name]) for name in kept)
    rows = sum(map(len, kept.values()))
    return Recounted(database, commands, refused, seconds, rows, from_recount, from_rebuild)


_TABLES = (*ARRIVALS, *PERFORMANCE)


def _command(
    book: Book, draw: Random, clerk: Any, services: list[str], cases: list[int], number: int
) -> None:
    """Hand a report in, perhaps of long ago; or do something with a case."""
    if (len(cases) < REPORTS and draw.random() < 0.1) or not cases:
        at = now() - timedelta(hours=draw.randrange(24 * 500))
        place = draw.choice(list(book.place_by_code))
        told = {"service": draw.choice([*services, None]), "place": place, "words": "A hole"}
        with frozen(at):
            receipt = submit(
                Submission(
                    book=book, origin="recount", key=str(number), channel="web", at=at, **told
                )
            )
        cases.append(receipt.case.pk)
        return
    case = draw.choice(cases)
    name = draw.choice([*sorted(STEPS), "turn", "move"])
    if name == "turn":
        service = book.service_by_code[draw.choice(services)].id
        deciding.correct(actor=clerk, case_id=case, service_id=service)
    elif name == "move":
        lat, lon = book.settings["map"]["center"]
        position = (lat + draw.uniform(-0.03, 0.03), lon + draw.uniform(-0.03, 0.03))
        deciding.correct(actor=clerk, case_id=case, position=position)
    else:
        STEPS[name](draw.choice([clerk, clerk, SYSTEM]), case)


def _follow() -> None:
    for reader in (arriving, performing):
        while reader.read_batch():
            pass


def _recount(book: Book) -> dict[str, Counter[Any]]:
    """The sums of arrivals, straight from the reports."""
    hours: Counter[tuple[int, ...]] = Counter()
    proposed = dict(Proposal.objects.order_by("pk").values_list("report", "service"))
    for each in Report.objects.filter(city=book.id).select_related("case").iterator():
        local = each.received_at.astimezone(book.zone)
        hour = (local.date() - _EPOCH).days * 24 + local.hour
        service = each.case.service_id or proposed.get(each.pk) or each.service_id or 0
        place = book.district(each.case.place_id or each.place_id) or 0
        hours[(book.id, hour, service, place, arriving.CHANNELS[each.channel])] += 1
    days: Counter[tuple[int, ...]] = Counter()
    for (city, hour, *rest), reports in hours.items():
        days[(city, hour // 24, *rest)] += reports
    return {
        HOURS.name: Counter((*key, reports) for key, reports in hours.items()),
        DAYS.name: Counter((*key, reports) for key, reports in days.items()),
    }


def _difference(one: Counter[Any], other: Counter[Any]) -> int:
    return sum(((one - other) + (other - one)).values())
