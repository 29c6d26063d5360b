"""Colleagues are told of a case: at the desk always, by mail where it cannot wait.

What waits is not mailed: a mail for every reminder is read by nobody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.notices import texts
from ngoma.notices.writing import write_alert
from ngoma.records.models import Alert, Case, Event, Job, Notice, Role, User
from ngoma.records.queries.colleagues import above, with_roles
from ngoma.work.queue import put_many

_DECIDING = (Role.TRIAGER,)
_WORKING = (Role.OFFICER, Role.CREW)


def alert(event: int, case: int) -> None:
    """Tell the colleagues whom an event concerns, each once. Job `notices.alert`."""
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    users = {user.pk: user for user in _CONCERNED[happened.kind](happened)}
    users.pop(happened.user_id or 0, None)
    told = set(Alert.objects.filter(event=event).values_list("user", flat=True))
    new = [user for key, user in users.items() if key not in told]
    kind = "mentioned" if happened.kind == "noted" else happened.kind
    with transaction.atomic():
        Alert.objects.bulk_create(
            Alert(user=user, case_id=case, event=happened, kind=kind, at=happened.at)
            for user in new
        )
        _mail(happened, [user for user in new if user.email and user.mailed])


def _mail(event: Event, users: Sequence[User]) -> None:
    book = book_of(event.case.city_id)
    name = _urgent(book, event)
    if not name:
        return
    notices = [_notice(book, event, user, name) for user in users]
    Notice.objects.bulk_create(notices)
    put_many([Job(kind="notices.send", data={"notice": each.pk}, run_at=now()) for each in notices])


def _urgent(book: Book, event: Event) -> str:
    """Which words tell what cannot wait for the next look at the desk; empty for what can."""
    if event.kind == "noted":
        return "mentioned"
    if event.kind == "reminded" and event.data["late"]:
        return "late"
    return ""


def _notice(book: Book, event: Event, user: User, name: str) -> Notice:
    language = texts.nearest(user.language, *book.languages)
    written = write_alert(name, event=event, language=language, book=book)
    return Notice(
        event=event,
        user=user,
        kind="alert",
        channel="email",
        language=language,
        subject=written.subject,
        text=written.text,
        created_at=now(),
    )


def _reminded(event: Event) -> Iterable[User]:
    """Whom the ladder names; where nobody is, the coordinators, so that it is nobody's never."""
    case = event.case
    for who in event.data["tell"]:
        yield from _WHO[who](case) or _coordinators(case)


def _responsible(case: Case) -> list[User]:
    """Who has the case; else those who decide or do such work in its department."""
    if case.assignee is not None and case.assignee.is_active:
        return [case.assignee]
    roles = _DECIDING if case.state == "received" else _WORKING
    return with_roles(case.city_id, roles, case.department_id)


def _coordinators(case: Case) -> list[User]:
    return with_roles(case.city_id, [Role.COORDINATOR], None)


_WHO: Mapping[str, Callable[[Case], list[User]]] = {
    "responsible": _responsible,
    "supervisor": lambda case: with_roles(case.city_id, [Role.SUPERVISOR], case.department_id),
    "above": lambda case: above(case.city_id, case.department_id),
    "coordinator": _coordinators,
}


def _users(ids: Sequence[int | None]) -> Iterable[User]:
    return User.objects.filter(pk__in=[each for each in ids if each], is_active=True)


def _tasked(event: Event) -> Iterable[User]:
    return with_roles(event.case.city_id, _WORKING, event.data["department"])


def _visited(event: Event) -> Iterable[User]:
    """Where a crew found nothing, or came without knowing what had changed, somebody decides."""
    if event.data["outcome"] != "not_found" and not event.data["late"]:
        return []
    case = event.case
    officers = with_roles(case.city_id, [Role.OFFICER], case.department_id)
    return officers or _coordinators(case)


_CONCERNED: dict[str, Callable[[Event], Iterable[User]]] = {
    "reminded": _reminded,
    "noted": lambda event: _users(event.data.get("mentions", [])),
    "assigned": lambda event: _users([event.data["user"]]),
    "tasked": _tasked,
    "visited": _visited,
}
