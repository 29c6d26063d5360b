"""A person's decision on a case: accept, correct, reject, refer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ngoma.casework.change import Change, change
from ngoma.casework.deadlines import renewed
from ngoma.casework.errors import BadRequest
from ngoma.casework.wording import spoken, told
from ngoma.people.permissions import Actor, may
from ngoma.records.models import Case, Event, Proposal, State, Urgency


def accept(
    *,
    actor: Actor,
    case_id: int,
    service_id: int | None = None,
    urgency: int | None = None,
    department_id: int | None = None,
    text: str = "",
    texts: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Case:
    """Take the case on, as this service and urgency (None: as it stands), and promise dates.

    The department is the owner of the service in the place, unless one is named. The promises count
    from the opening. Raises `BadRequest` where the service is unknown or none was ever said.
    """
    with change("accept", actor=actor, case_id=case_id, at=at) as held:
        _check_impartial(held)
        service_id = service_id or held.case.service_id
        if service_id is None:
            raise BadRequest("service", "missing")
        urgency = held.case.urgency if urgency is None else urgency
        held.append(
            "accepted",
            text=told(text),
            **spoken(texts),
            **classified(held, service_id, urgency, held.case.place_id, department_id),
        )
    return held.case


def correct(
    *,
    actor: Actor,
    case_id: int,
    service_id: int | None = None,
    urgency: int | None = None,
    position: tuple[float, float] | None = None,
    at: datetime | None = None,
) -> Case:
    """Put right what kind of problem it is, how urgent, or where (latitude, longitude).

    The case is routed anew and its promises follow. Raises `BadRequest` for an unknown service or a
    position outside the city.
    """
    with change("correct", actor=actor, case_id=case_id, at=at) as held:
        case = held.case
        place_id, moved = case.place_id, {}
        if position is not None:
            place_id = _place(held, *position)
            moved = {"lat": position[0], "lon": position[1], "place": place_id}
        service_id = service_id or case.service_id
        urgency = case.urgency if urgency is None else urgency
        if service_id is None:
            held.append("corrected", urgency=_urgency(urgency), **moved)
        else:
            held.append("corrected", **classified(held, service_id, urgency, place_id), **moved)
    return held.case


def reject(
    *,
    actor: Actor,
    case_id: int,
    reason: str,
    text: str = "",
    texts: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Case:
    """Say no, with one of the pack's reasons.

    Raises `BadRequest` for an unknown one, and for one of a rule that found nothing in the case.
    """
    with change("reject", actor=actor, case_id=case_id, at=at) as held:
        _check_impartial(held)
        found = held.book.reason(reason)
        if found is None or found["for"] != "reject":
            raise BadRequest("reason", "unknown")
        if found.get("rule") and not _falls_under(held.case, found["rule"]):
            raise BadRequest("reason", "needs_rule")
        held.append("rejected", reason=reason, text=told(text), **spoken(texts))
    return held.case


def refer(
    *, actor: Actor, case_id: int, body: str, text: str = "", at: datetime | None = None
) -> Case:
    """Hand the case to another body that is responsible. Raises `BadRequest` for an unknown one."""
    with change("refer", actor=actor, case_id=case_id, at=at) as held:
        _check_impartial(held)
        if held.book.body(body) is None:
            raise BadRequest("body", "unknown")
        held.append("referred", body=body, text=told(text))
    return held.case


def _check_impartial(held: Change) -> None:
    """An appeal is decided by somebody else than who refused, or by a coordinator.

    Raises `BadRequest`.
    """
    case, actor = held.case, held.actor
    if not case.reopenings or case.state != State.RECEIVED:
        return
    last = Event.objects.filter(
        case=case.pk, kind__in=("rejected", "referred"), undone=False
    ).order_by("-seq").first()  # fmt: skip
    same = last is not None and last.user_id is not None and last.user_id == actor.user_id
    if same and not may(actor, "arbitrate", case.city_id, case.department_id):
        raise BadRequest("appeal", "same_person")


def _falls_under(case: Case, rule: str) -> bool:
    """Whether a rule of special handling found something in one of the case's reports."""
    proposals = Proposal.objects.filter(report__case=case.pk).values_list("flags", flat=True)
    return any(flag["rule"] == rule for flags in proposals for flag in flags)


def classified(
    held: Change,
    service_id: int,
    urgency: int,
    place_id: int | None,
    department_id: int | None = None,
) -> dict[str, Any]:
    """What a decision on service and urgency says: with the department that owns the service in the
    place, unless one is named, whether it is public, and the promises.

    Raises `BadRequest` for an unknown service or department.
    """
    service = held.book.services.get(service_id)
    if service is None:
        raise BadRequest("service", "unknown")
    if department_id is not None and department_id not in held.book.departments:
        raise BadRequest("department", "unknown")
    return {
        "service": service_id,
        "urgency": _urgency(urgency),
        "department": department_id or _owner(held, service_id, place_id),
        "public": service.public,
        **_promises(held, service_id, urgency),
    }


def _owner(held: Change, service_id: int, place_id: int | None) -> int | None:
    """The owner; what a person assigned stays there while service and place are the same."""
    case = held.case
    if case.transfers and (service_id, place_id) == (case.service_id, case.place_id):
        return case.department_id
    return held.book.owner(service_id, place_id)


def _promises(held: Change, service_id: int, urgency: int) -> dict[str, str]:
    """New promises where service or urgency changed and the date was not extended, else none."""
    case = held.case
    same = (service_id, urgency) == (case.service_id, case.urgency)
    if case.extended or (same and case.due is not None) or case.reopenings:
        return {}
    return renewed(held, service_id, urgency).data()


def _place(held: Change, lat: float, lon: float) -> int | None:
    located = held.book.locate(lat, lon)
    if located.outside_m > held.book.settings["map"]["outside"]:
        raise BadRequest("position", "outside_city")
    return located.place_id


def _urgency(urgency: int) -> int:
    if urgency not in Urgency.values:
        raise BadRequest("urgency", "unknown")
    return urgency
