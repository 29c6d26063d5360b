"""What people made of proposals: one decision each, the last word of a person."""

from collections.abc import Callable
from typing import Any

import pytest

from ngoma.casework import deciding, merging
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.proposals.learning import decide
from ngoma.records.models import Decision
from ngoma.work import worker

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]


@pytest.fixture
def act(coordinator: Actor) -> Callable[..., None]:
    """Does a verb as a coordinator, and what follows from it."""

    def act(verb: Callable[..., object], receipt: Receipt, **how: Any) -> None:
        verb(actor=coordinator, case_id=receipt.case.pk, **how)
        worker.run_until_idle()

    return act


def decision(receipt: Receipt) -> Decision | None:
    return Decision.objects.filter(proposal__report=receipt.report).first()


def test_taking_a_case_on_as_proposed_accepts_the_proposal(
    hear: Hear, act: Any, town: Book, coordinator: Actor
) -> None:
    receipt = hear("A pothole")
    act(deciding.accept, receipt, service_id=town.service_by_code["pothole"].id)
    made = decision(receipt)
    assert (made.kind, made.user_id) == ("accepted", coordinator.user_id)
    assert made.service_id == town.service_by_code["pothole"].id
    assert made.at == receipt.case.events.get(kind="accepted").at


@pytest.mark.parametrize("how", [{"service": "else"}, {"service": "pothole", "urgency": 1}])
def test_another_service_or_urgency_changes_it(
    hear: Hear, act: Any, town: Book, how: dict[str, Any]
) -> None:
    receipt = hear("A pothole")
    service_id = town.service_by_code[how.pop("service")].id
    act(deciding.accept, receipt, service_id=service_id, **how)
    made = decision(receipt)
    assert (made.kind, made.service_id) == ("changed", service_id)


def test_every_report_of_a_case_learns_from_its_decision(hear: Hear, act: Any, town: Book) -> None:
    first = hear("A pothole")
    second = hear("Something else", joins=first.case.reference)
    act(deciding.accept, first, service_id=town.service_by_code["pothole"].id)
    assert (decision(first).kind, decision(second).kind) == ("accepted", "changed")


def test_the_last_word_counts_whichever_job_runs_first(hear: Hear, act: Any, town: Book) -> None:
    receipt = hear("A pothole")
    act(deciding.accept, receipt, service_id=town.service_by_code["pothole"].id)
    act(deciding.correct, receipt, service_id=town.service_by_code["else"].id)
    accepted = receipt.case.events.get(kind="accepted")
    for _ in range(2):
        assert (decision(receipt).kind, Decision.objects.count()) == ("changed", 1)
        decide(event=accepted.pk, case=receipt.case.pk)


def test_putting_right_the_place_or_urgency_says_nothing_of_the_service(
    hear: Hear, act: Any, town: Book
) -> None:
    receipt = hear("A pothole")
    act(deciding.correct, receipt, urgency=1)
    act(deciding.correct, receipt, position=(0.15, 32.15))
    assert decision(receipt) is None
    act(deciding.accept, receipt, service_id=town.service_by_code["pothole"].id, urgency=0)
    assert decision(receipt).kind == "accepted"


def test_merging_decides_on_what_was_taken_along_and_on_nothing_else(
    hear: Hear, act: Any, town: Book
) -> None:
    first = hear("A pothole at the bridge")
    second = hear("A pothole at the bridge")
    far = hear("A pothole far away", lon=32.15)
    act(merging.merge, second, into=first.case.pk)
    act(merging.merge, far, into=first.case.pk)
    assert (decision(second).kind, decision(second).merged_into_id) == (
        "accepted", first.case.pk,
    )  # fmt: skip
    assert decision(far).kind == "changed", "triage had not seen that it is the same"
    assert decision(first) is None, "nobody has decided on it yet"
    act(deciding.accept, first, service_id=town.service_by_code["pothole"].id)
    assert decision(first).kind == "accepted"
    assert decision(second).merged_into_id == first.case.pk
