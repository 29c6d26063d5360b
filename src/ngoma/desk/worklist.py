"""The work of a city as a list with filters, and as a board by department."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ngoma.base.characters import clean, whole
from ngoma.base.clock import now, parse
from ngoma.base.references import BadReference
from ngoma.base.references import read as read_reference
from ngoma.base.remembered import remembered
from ngoma.casework import batching
from ngoma.casework.assigning import ENOUGH_TRANSFERS
from ngoma.desk import codes, naming, rising, viewing
from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk, page, show
from ngoma.insight import nightly
from ngoma.ledger import publishing
from ngoma.proposals import quality
from ngoma.records.models import ACTIVE, DONE, OPEN, State
from ngoma.records.queries import performance, search, worklist
from ngoma.records.queries.casefiles import case_reference
from ngoma.records.queries.members import mentionable, numbered

ME = "me"
FILTERS = ("q", "state", "department", "service", "place", "assignee", "late", "parts", "passed")


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list."""

    reference: str
    title: str
    service: str
    place: str
    department: str
    assignee: str
    state: str
    tone: str
    danger: bool
    due: naming.Due | None
    changed: str
    reports: int


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cases by state, department, service, place, person, lateness and words.

    The reference of a report leads straight to its case.
    """
    given = _given(request.GET)
    reference = _reference(desk, given["q"])
    if reference:
        return HttpResponseRedirect(desk.case_url(reference))
    rows, more = worklist.page(_asked(desk, given), after=_key(request))
    query = {name: value for name, value in given.items() if value}
    context: dict[str, Any] = {
        "given": given,
        "kept": viewing.beside(desk, "work", given),
        "filtered": bool(query),
        "lines": [_line(desk, row) for row in rows],
        "many": any(desk.may_somewhere(verb) for verb in batching.STEPS),
        "more": desk.url("work/", **query, after=f"{more[0].isoformat()}~{more[1]}")
        if more
        else "",
        "choices": _choices(desk),
    }
    return show(request, desk, "work", context)


@page
@require_safe
def board(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What rises; how much each department has, what is late and what is due today: of all, or of
    the department of the address with those below it."""
    department = codes.read(desk.book, "department", request.GET.get("department", ""))
    departments = desk.departments
    if department and (departments is None or department in departments):
        departments = codes.within(departments, department)
    else:
        department = None
    among = None if departments is None else tuple(departments)
    loads = _loads(desk.book.id, among, desk.tonight)
    oversees = desk.may_somewhere("oversee")
    own = None if oversees else desk.user.pk
    measured = quality.newest(desk.book.id) if oversees else None
    chosen = {"department": desk.code("department", department)} if department else {}
    context = {
        "loads": sorted(
            loads,
            key=lambda load: (-load.late, -load.today, desk.department(load.department_id)),
        ),
        "people": _people(desk.book.id, among, own, desk.tonight),
        "oversees": oversees,
        "alarms": len(measured.figures.alarms) if measured else 0,
        "overslept": nightly.overdue(desk.book),
        "unwitnessed": publishing.overdue(),
        "rising": rising.rising(desk, rising.Among(departments=departments)),
        "choices": _departments(desk),
        "chosen": chosen,
        "kept": viewing.beside(desk, "board", chosen),
    }
    return show(request, desk, "board", context)


@remembered(3)
def _loads(
    city_id: int, departments: tuple[int, ...] | None, tonight: datetime
) -> list[worklist.Load]:
    """What each department has, at most some seconds old: all open cases are counted for it."""
    return worklist.loads(city_id, departments, at=now(), tonight=tonight)


@remembered(3)
def _people(
    city_id: int, departments: tuple[int, ...] | None, user_id: int | None, tonight: datetime
) -> list[performance.Load]:
    """The same of each person, with a look at the week."""
    week = tonight + timedelta(days=6)
    return performance.loads(city_id, departments=departments, user_id=user_id, at=now(), week=week)


def all_ids(desk: Desk, asked: QueryDict, *, limit: int) -> list[int]:
    """The cases that the filters of an address leave, as many as the limit."""
    rows, _more = worklist.page(_asked(desk, _given(asked)), limit=limit)
    return [row.id for row in rows]


def _given(asked: QueryDict) -> dict[str, str]:
    return {name: clean(asked.get(name, "")) for name in FILTERS}


def _asked(desk: Desk, given: dict[str, str]) -> worklist.Asked:
    """The filters as a question; what makes no sense is as if it were not there."""
    department = codes.read(desk.book, "department", given["department"])
    departments = desk.departments
    if department is not None and (departments is None or department in departments):
        departments = (department,)
    service = codes.read(desk.book, "service", given["service"]) or None
    place = codes.read(desk.book, "place", given["place"]) or None
    parts = None
    if given["parts"]:
        parts, departments = departments or tuple(desk.book.departments), None
    return worklist.Asked(
        city_id=desk.book.id,
        tasked=parts,
        transfers=ENOUGH_TRANSFERS if given["passed"] else 0,
        states=_states(given["state"], everywhere=bool(given["q"])),
        departments=departments,
        services=(service,) if service is not None else None,
        places=desk.book.below(place) if place is not None else None,
        assignee=_assignee(desk, given["assignee"]),
        ids=_holding(desk, given["q"]) if given["q"] else None,
        late_at=now() if given["late"] else None,
    )


def _assignee(desk: Desk, name: str) -> int | None:
    """Who is meant by a user name; None: everybody."""
    if name == ME:
        return desk.user.pk
    return numbered(desk.book.id, name) if name else None


def _states(wanted: str, *, everywhere: bool) -> tuple[str, ...]:
    """One state, or a kind of states; who searches for words looks everywhere."""
    if wanted in State.values:
        return (wanted,)
    if wanted == "done":
        return DONE
    return (*OPEN, *DONE) if wanted == "all" or everywhere else OPEN


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: value and name."""
    book = desk.book
    tops = [each for each in book.places.values() if each.parent_id is None and not each.retired]
    states = [("", gettext("Open")), ("done", gettext("Ended")), ("all", gettext("All"))]
    people = [("", gettext("Everybody")), (ME, gettext("Me"))]
    services = [(each.code, desk.text(each.names)) for each in book.services.values()]
    anything = [("", gettext("All"))]
    return {
        "state": states + [(str(key), str(name)) for key, name in naming.STATES.items()],
        "department": anything + _departments(desk),
        "service": anything + services,
        "place": anything + [(each.code, desk.text(each.names)) for each in tops],
        "assignee": people + mentionable(book.id, limit=1000),
    }


def _departments(desk: Desk) -> list[tuple[str, str]]:
    """Code and name of the departments whose cases this person sees."""
    return [
        (each.code, desk.text(each.names))
        for each in desk.book.departments.values()
        if desk.departments is None or each.id in desk.departments
    ]


def _line(desk: Desk, row: worklist.Row) -> Line:
    running = row.state in ACTIVE
    state = State(row.state)
    return Line(
        reference=row.reference,
        title=headline(row.words) or desk.service(row.service_id),
        service=desk.service(row.service_id),
        place=desk.place(row.place_id),
        department=desk.department(row.department_id),
        assignee=row.assignee,
        state=str(naming.STATES[state]),
        tone=naming.TONES.get(state, ""),
        danger=row.urgency == 2 and state in OPEN,
        due=naming.due(desk.book, row.due) if running else None,
        changed=naming.ago(row.updated_at),
        reports=row.reports,
    )


def _reference(desk: Desk, typed: str) -> str | None:
    try:
        return case_reference(desk.book.id, read_reference(typed))
    except BadReference:
        return None


def _holding(desk: Desk, words: str) -> list[int]:
    return [found.id for found in search.search(desk.book.id, words, public=False)]


def _key(request: HttpRequest) -> tuple[datetime, int] | None:
    at, _, last = request.GET.get("after", "").partition("~")
    number = whole(last)
    try:
        return (parse(at), number) if number is not None else None
    except ValueError:
        return None
