"""Who may do what: every role and every verb, at home, next door and in another city."""

from itertools import product
from typing import Any

import pytest

from ngoma.casework import workflow
from ngoma.people.permissions import (
    BODY,
    RESIDENT_VERBS,
    STRANGER,
    SYSTEM,
    SYSTEM_VERBS,
    VERBS,
    Actor,
    Grant,
    body,
    may,
    staff,
)
from ngoma.records.models import Department, Membership, Role, User

HERE, ELSEWHERE = 1, 2
OWN, BELOW, OTHER = 10, 11, 20
ROLES = [*Role, BODY]


def hired(role: str, departments: frozenset[int] | None) -> Actor:
    return Actor("staff", user_id=1, grants=frozenset({Grant(HERE, role, departments)}))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_counts_in_its_city_and_its_departments_alone(role: str, verb: str) -> None:
    allowed = role in VERBS[verb]
    everywhere, in_one = hired(role, None), hired(role, frozenset({OWN, BELOW}))
    assert may(everywhere, verb, HERE, OWN) == allowed
    assert may(everywhere, verb, HERE, None) == allowed
    assert may(in_one, verb, HERE, OWN) == allowed
    assert may(in_one, verb, HERE, BELOW) == allowed
    assert not may(in_one, verb, HERE, OTHER)
    assert not may(in_one, verb, HERE, None)
    for who, department in product((everywhere, in_one), (OWN, None)):
        assert not may(who, verb, ELSEWHERE, department)


EXPECTED = {
    "auditor": {"see", "oversee", "audit"},
    "administrator": {"see", "settings", "wording", "publish", "oversee", "audit"},
    "crew": {"see", "start", "resolve", "inform", "note", "end_task", "visit"},
    "agent": {"see", "reveal", "open", "join", "answer", "inform", "note"},
    BODY: {"accept", "reject", "refer", "start", "resolve", "reopen", "answer"},
}


@pytest.mark.parametrize("role", EXPECTED)
def test_roles_that_may_little_may_exactly_this(role: str) -> None:
    assert {verb for verb in VERBS if role in VERBS[verb]} == EXPECTED[role]


def test_only_those_who_answer_for_it_may() -> None:
    """Nobody on the desk speaks for the reporter or for triage, nor overrules a supervisor."""
    assert VERBS["rate"] == VERBS["propose"] == VERBS["remind"] == ()
    assert set(VERBS["escalate"]) == {"supervisor", "coordinator"}
    assert set(VERBS["settings"]) == {"administrator"}
    assert "triager" not in VERBS["close"]
    assert all(set(roles) <= set(ROLES) for roles in VERBS.values())


def test_no_verb_is_unlisted() -> None:
    assert set(workflow.MOVES) | {
        "see",
        "reveal",
        "open",
        "settings",
        "arbitrate",
        "wording",
        "publish",
        "oversee",
        "audit",
    } == set(VERBS)
    assert set(VERBS) >= RESIDENT_VERBS | SYSTEM_VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_residents_and_the_system_have_their_own_short_lists(verb: str) -> None:
    own = {"open", "join", "inform", "reopen", "rate", "forget"}
    assert may(STRANGER, verb, HERE, OWN) == (verb in own)
    assert may(SYSTEM, verb, HERE, OWN) == (
        verb in {"open", "join", "propose", "escalate", "remind", "close", "redact"}
    )


def test_who_has_no_role_may_nothing() -> None:
    nobody = Actor("staff", user_id=1)
    assert not any(may(nobody, verb, HERE, OWN) for verb in VERBS)


def test_another_body_acts_in_its_city_alone() -> None:
    assert may(body(HERE), "resolve", HERE, OWN)
    assert not may(body(HERE), "resolve", ELSEWHERE, OWN)


def test_a_verb_that_does_not_exist_is_an_error_not_a_no() -> None:
    with pytest.raises(KeyError):
        may(hired("coordinator", None), "delete", HERE, OWN)


@pytest.mark.django_db
def test_a_department_includes_those_below_it_and_a_circle_ends(town: Any) -> None:
    user = User.objects.create_user("olivia")
    roads = town.department_by_code["roads"].id
    west = town.department_by_code["roads-west"].id
    Membership.objects.create(user=user, city_id=town.id, department_id=roads, role="officer")
    (grant,) = staff(user).grants
    assert grant.departments == {roads, west}
    Department.objects.filter(pk=roads).update(parent_id=west)
    assert next(iter(staff(user).grants)).departments == {roads, west}


@pytest.mark.django_db
def test_who_has_left_may_nothing_any_more(town: Any) -> None:
    user = User.objects.create_user("otto", is_active=False)
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    assert staff(user).grants == frozenset()
