"""Decisions teach: what people decided is proposed the next time, if that is better than before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ngoma.base.clock import frozen
from ngoma.casework import deciding
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.proposals import in_use, nightly, training
from ngoma.records.models import Decision, Learned, Proposal
from ngoma.work import worker

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]

SAID = {"pothole": "the zigo on our way is broken", "light": "no more mwanga when night falls"}
"""Words that no pack knows, by the service that people decide on."""


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    in_use.look_again()


@pytest.fixture
def decide(hear: Hear, town: Book, coordinator: Actor) -> Callable[[int], None]:
    """Takes reports in and decides on them, each kind in turn."""

    def decide(number: int) -> None:
        for n in range(number):
            code = sorted(SAID)[n % 2]
            receipt = hear(f"{SAID[code]} {n % 5}")
            service_id = town.service_by_code[code].id
            deciding.accept(actor=coordinator, case_id=receipt.case.pk, service_id=service_id)
        worker.run_until_idle()

    return decide


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few decisions are enough, and what they mean is not read, which takes long."""
    monkeypatch.setattr(training, "LEAST", 30)
    monkeypatch.setattr("ngoma.triage.training.MEANING_PAYS", 0)


def learn(town: Book, *, nightly: bool = False) -> Learned | None:
    """The training of services, if there was one."""
    rows = training.learn(town, nightly=nightly)
    return next((row for row in rows if row.task == Learned.Task.SERVICE), None)


def proposed(receipt: Receipt) -> Proposal:
    return Proposal.objects.get(report=receipt.report)


def test_what_people_decide_is_proposed_from_then_on(
    hear: Hear, town: Book, decide: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "LEAST", 60)
    decide(60)
    before = proposed(hear("our zigo is broken"))
    assert (before.service_id, before.model) == (None, "keywords-1")
    row = learn(town)
    assert row is not None
    assert row.used_at is not None
    assert (row.decisions, row.figures["set_aside"]) == (60, 12)
    assert row.figures["after"]["accuracy"] == 1 > row.figures["before"]["accuracy"]
    after = proposed(hear("our zigo is broken"))
    assert after.service_id == town.service_by_code["pothole"].id
    assert after.model == f"learned-{row.pk}"
    assert after.confident
    assert "zigo" in {reason["text"] for reason in after.services[0]["reasons"]}


@pytest.mark.once
def test_what_is_no_better_is_not_used(
    town: Book, decide: Callable[[int], None], soon: None
) -> None:
    decide(40)
    first, second = learn(town), learn(town)
    assert first is not None
    assert second is not None
    assert (second.used_at, second.data) == (None, None)
    assert second.figures["better"] < training.CONFIDENCE
    assert in_use.number_in_use(town.id) == first.pk
    assert "not used" in training.told(second)


@pytest.mark.once
def test_a_model_is_withdrawn_in_one_step(
    hear: Hear, town: Book, decide: Callable[[int], None], soon: None
) -> None:
    decide(40)
    row = learn(town)
    assert training.withdraw(town) == row
    assert in_use.model_of(town.id) is None
    assert proposed(hear("our zigo is broken")).model == "keywords-1"
    assert training.withdraw(town) is None


@pytest.mark.once
def test_a_retired_service_is_no_longer_proposed(
    hear: Hear, town: Book, decide: Callable[[int], None], soon: None
) -> None:
    from ngoma.cities import book
    from ngoma.records.models import City, Service

    decide(40)
    learn(town)
    Service.objects.filter(city=town.id, code="pothole").update(retired=True)
    City.objects.filter(pk=town.id).update(version=999)
    book.forget()
    gone = town.service_by_code["pothole"].id
    found = proposed(hear("our zigo is broken"))
    assert gone not in {each["service"] for each in found.services}


def test_few_decisions_teach_nothing(town: Book, decide: Callable[[int], None]) -> None:
    decide(4)
    assert learn(town) is None
    assert not Learned.objects.exists()
    assert "nothing to learn" in training.NOTHING


def test_a_model_of_an_older_version_leaves_the_keywords_to_read(
    hear: Hear, town: Book, decide: Callable[[int], None], soon: None
) -> None:
    decide(40)
    row = learn(town)
    assert row is not None
    assert row.used_at is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ngoma.triage.learned.FORMAT", 2)
        in_use.look_again()
        assert proposed(hear("A pothole")).model == "keywords-1"


def test_decisions_that_were_all_the_same_teach_nothing(
    hear: Hear, town: Book, coordinator: Actor, soon: None
) -> None:
    """One other among the newest, which are set aside, changes nothing."""
    for n in range(31):
        code = "light" if n == 30 else "pothole"
        receipt = hear(f"{SAID[code]} {n}")
        service_id = town.service_by_code[code].id
        deciding.accept(actor=coordinator, case_id=receipt.case.pk, service_id=service_id)
    worker.run_until_idle()
    assert learn(town) is None
    assert not Learned.objects.exists()


def test_a_night_is_learned_from_once(
    town: Book, decide: Callable[[int], None], soon: None
) -> None:
    decide(40)
    assert learn(town, nightly=True) is not None
    assert learn(town, nightly=True) is None
    assert Learned.objects.count() == 1


def test_it_learns_at_night_and_only_from_something_new(
    town: Book, decide: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **how: Any) -> None:
            started.append(command)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr("subprocess.Popen", Process)
    monkeypatch.setattr(nightly, "LEAST", 2)
    zone = town.zone
    noon = datetime(2026, 6, 1, 12, 0, tzinfo=zone).astimezone(UTC)
    night = datetime(2026, 6, 2, 3, 0, tzinfo=zone).astimezone(UTC)
    with frozen(night):
        nightly.learn_at_night()
    assert not started, "nothing was decided"
    with frozen(noon):
        decide(1)
    with frozen(night):
        nightly.learn_at_night()
    assert not started, "that is too little"
    with frozen(noon):
        decide(1)
        nightly.learn_at_night()
    assert not started, "it is day"
    with frozen(night):
        nightly.learn_at_night()
        assert started[0][-2:] == ["--city", "small"]
        Learned.objects.create(city_id=town.id, started_at=night)
        nightly.learn_at_night()
    assert len(started) == 1
    assert Decision.objects.count() == 2


@pytest.fixture
def decide_danger(hear: Hear, town: Book, coordinator: Actor) -> Callable[[int], None]:
    """Takes reports in; of those with a word that no pack knows people say that it is dangerous."""

    def decide(number: int) -> None:
        for n in range(number):
            dangerous = n % 3 == 0
            receipt = hear(f"{'zzap from the pole' if dangerous else 'the pole is dirty'} {n % 4}")
            deciding.accept(
                actor=coordinator,
                case_id=receipt.case.pk,
                service_id=town.service_by_code["light"].id,
                urgency=2 if dangerous else 0,
            )
        worker.run_until_idle()

    return decide


def test_people_teach_what_is_dangerous(
    hear: Hear, town: Book, decide_danger: Callable[[int], None], soon: None
) -> None:
    decide_danger(90)
    assert proposed(hear("zzap from the pole")).urgency == 0
    (row,) = training.learn(town)
    assert (row.task, row.used_at is not None) == ("urgency", True)
    assert (row.figures["before"]["recall"], row.figures["after"]["recall"]) == (0.0, 1.0)
    assert "dangers seen 0.000 → 1.000" in training.told(row)
    proposal = proposed(hear("zzap from the pole"))
    assert proposal.urgency == 2
    assert "zzap" in {reason["text"] for reason in proposal.reasons}
    assert proposal.model == "keywords-1", "of services nothing was learned"
    assert training.withdraw(town) is None
    assert training.withdraw(town, "urgency") == row
    assert proposed(hear("zzap from the pole")).urgency == 0


@pytest.mark.once
def test_of_few_dangers_nothing_is_learned(
    town: Book, decide_danger: Callable[[int], None], soon: None
) -> None:
    decide_danger(60)
    assert training.learn(town) == []
