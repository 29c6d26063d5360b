"""Who has no number of theirs asks with the report's number and its PIN, which nobody guesses."""

import re
from datetime import timedelta

import pytest

from ngoma.base.clock import frozen, now
from ngoma.base.references import show
from ngoma.channels import floods
from ngoma.notices.planning import plan
from ngoma.notices.sending import outgoing
from ngoma.people import pins
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Event, Notice, PinGuess, Report
from ngoma.work.worker import run_until_idle
from tests.channels.test_texting import Text, officer, text
from tests.channels.test_ussd import Phone

__all__ = ["officer", "text"]
STRANGER = "+256772999999"


def anonymous(words: str = "A policeman asked me for a bribe") -> tuple[Report, str]:
    """A report by a phone that hides its number, and the PIN that was told."""
    told = Phone("kampala", number="").dial(f"1*5*{words}*Mulago II")
    found = re.search(r"PIN (\d{4})\.", told)
    assert found, told
    return Report.objects.latest("pk"), found[1]


def make_private(report: Report) -> None:
    Case.objects.filter(pk=report.case_id).update(public=False)


def ask(typed: str, number: str = STRANGER) -> str:
    """How a report goes, by USSD."""
    return Phone("kampala", number=number).dial(f"2*{typed}")


@pytest.mark.parametrize("between", [" ", ".", "  PIN ", "-pin: "])
def test_a_private_report_opens_with_its_pin_from_any_phone(officer: Actor, between: str) -> None:
    report, pin = anonymous()
    make_private(report)
    assert "private" in ask(report.reference)
    for number in (show(report.reference), report.reference[3:]):
        told = ask(f"{number}{between}{pin}")
        assert "received, not yet decided" in told
        assert "bribe" not in told
    wrong = f"{(int(pin) + 1) % 10_000:04}"
    assert "private" in ask(f"{report.reference} {wrong}")


def test_it_is_told_and_taken_by_message_too(officer: Actor, text: Text) -> None:
    report, pin = anonymous()
    make_private(report)
    (told,) = text(f"{show(report.reference)} {pin}", number=STRANGER)
    assert "received, not yet decided" in told
    (told,) = text(f"{report.reference} pin {int(pin) ^ 1:04}", number=STRANGER)
    assert told.startswith("This report is private.")
    assert Report.objects.count() == 1, "a PIN is no word of a report"


def test_after_five_wrong_ones_none_is_right_for_a_day(officer: Actor) -> None:
    report, pin = anonymous()
    make_private(report)
    wrong = [f"{number:04}" for number in range(6) if f"{number:04}" != pin][:5]
    for each in wrong:
        assert "private" in ask(f"{report.reference} {each}")
    assert "private" in ask(f"{report.reference} {pin}")
    with frozen(now() + timedelta(hours=25)):
        assert "received" in ask(f"{report.reference} {pin}")


def test_who_tries_all_reports_in_turn_is_stopped_for_the_whole_city(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "CITY_WRONG", 3)
    told = [anonymous(f"Bribe number {each}") for each in range(4)]
    for report, pin in told:
        make_private(report)
        ask(f"{report.reference} {int(pin) ^ 1:04}")
    last, pin = told[-1]
    assert "private" in ask(f"{last.reference} {pin}")
    with frozen(now() + timedelta(hours=2)):
        assert "received" in ask(f"{last.reference} {pin}")
    floods.forget()


def test_the_pin_is_kept_nowhere(officer: Actor) -> None:
    report, pin = anonymous()
    run_until_idle()
    assert pin not in str([report.secret, *Notice.objects.values(), *PinGuess.objects.values()])
    assert pins.pin(report) == pin
    old = now() + timedelta(days=2)
    pins.opens(report, "wrong")
    assert pins.forget_old(old) == 1


def test_the_confirmation_of_a_private_report_brings_it(officer: Actor, text: Text) -> None:
    """Of one that is public everybody may know how it goes."""
    text("A policeman at Mulago II asked me for a bribe", number="+256772000111")
    report = Report.objects.get()
    public = Notice.objects.filter(report=report, kind="received").get()
    assert "PIN" not in public.text
    make_private(report)
    public.delete()
    opened = Event.objects.get(case=report.case_id, kind="opened")
    plan(opened.pk, report.case_id)
    notice = Notice.objects.get(report=report, kind="received")
    assert "PIN {pin}." in notice.text
    assert f"PIN {pins.pin(report)}." in outgoing(notice).text
