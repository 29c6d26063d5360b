"""Who may do what: one table of verbs and roles, asked by every verb of `casework`.

A role counts in a city, or in one department and those below it, then only for their cases.
"""

from dataclasses import dataclass, field
from typing import Literal

from ngoma.records.models import Report, Role, User
from ngoma.records.queries.departments import subtree
from ngoma.records.queries.members import Member, roles

BODY = "body"
"""The role of another body's program: it may tell what it did with a case."""

_DECIDING = (Role.TRIAGER, Role.SUPERVISOR, Role.COORDINATOR)
_WORKING = (Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR)
_DESK = (Role.TRIAGER, *_WORKING)
_EVERYONE = tuple(Role)

VERBS: dict[str, tuple[str, ...]] = {
    "see": _EVERYONE,
    "reveal": (Role.AGENT, *_DESK),
    "open": (Role.AGENT, *_DESK),
    "join": (Role.AGENT, *_DESK),
    "accept": (*_DESK, BODY),
    "correct": _DESK,
    "reject": (*_DESK, BODY),
    "refer": (*_DESK, BODY),
    "assign": _DESK,
    "arbitrate": (Role.COORDINATOR,),
    "task": _DESK,
    "end_task": (*_WORKING, Role.CREW),
    "start": (*_WORKING, Role.CREW, BODY),
    "resolve": (*_WORKING, Role.CREW, BODY),
    "visit": (*_WORKING, Role.CREW),
    "close": _WORKING,
    "reopen": (*_DESK, BODY),
    "answer": (Role.AGENT, *_DESK, BODY),
    "ask": _DESK,
    "inform": (Role.AGENT, *_DESK, Role.CREW),
    "note": (Role.AGENT, *_DESK, Role.CREW),
    "merge": _DESK,
    "split": _DESK,
    "extend": _WORKING,
    "escalate": (Role.SUPERVISOR, Role.COORDINATOR),
    "remind": (),
    "rate": (),
    "redact": (*_DECIDING, Role.OFFICER),
    "erase": (Role.SUPERVISOR, Role.COORDINATOR),
    "forget": (),
    "propose": (),
    "oversee": (Role.SUPERVISOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR),
    "audit": (Role.AUDITOR, Role.ADMINISTRATOR),
    "publish": (Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR),
    "wording": (Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR),
    "settings": (Role.ADMINISTRATOR,),
}
SHARED_VERBS = frozenset({"see", "note", "end_task"})
"""What a department that has a part of a case may do to it, too."""
RESIDENT_VERBS = frozenset({"open", "join", "inform", "reopen", "rate", "forget"})
SYSTEM_VERBS = frozenset({"open", "join", "propose", "escalate", "remind", "close", "redact"})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a city; `departments` None: everywhere in it."""

    city_id: int
    role: str
    departments: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A resident acts on one report alone, whose secret was shown."""

    kind: Literal["resident", "staff", "system", "body"]
    user_id: int | None = None
    report_id: int | None = None
    grants: frozenset[Grant] = field(default=frozenset())


SYSTEM = Actor("system")
STRANGER = Actor("resident")
"""Somebody who reports: may open a case and join one, nothing else."""


def resident(report: Report) -> Actor:
    """The reporter of one report. The caller has checked the report's secret."""
    return Actor("resident", report_id=report.pk)


def staff(user: User) -> Actor:
    """A member of staff with what their memberships grant; nothing for who has left."""
    return Actor("staff", user_id=user.pk, grants=frozenset(map(_grant, roles(user.pk))))


def body(city_id: int) -> Actor:
    """Another body's program, known by its API key."""
    return Actor("body", grants=frozenset({Grant(city_id, BODY)}))


def may(actor: Actor, verb: str, city_id: int, department_id: int | None) -> bool:
    """Whether the actor may do this to a case of this city and department."""
    if actor.kind == "system":
        return verb in SYSTEM_VERBS
    if actor.kind == "resident":
        return verb in RESIDENT_VERBS
    roles = VERBS[verb]
    return any(
        grant.city_id == city_id
        and grant.role in roles
        and (grant.departments is None or department_id in grant.departments)
        for grant in actor.grants
    )


def departments_for(actor: Actor, verb: str, city_id: int) -> tuple[int, ...] | None:
    """The departments of the city for whose cases a member of staff may do something; None: all."""
    grants = [each for each in actor.grants if each.city_id == city_id and each.role in VERBS[verb]]
    if any(grant.departments is None for grant in grants):
        return None
    return tuple(sorted({each for grant in grants for each in grant.departments or ()}))


def _grant(member: Member) -> Grant:
    departments = None if member.department_id is None else subtree(member.department_id)
    return Grant(member.city_id, member.role, departments)
