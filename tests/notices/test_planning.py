"""Every step of a case tells the right people, once, in their language."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen, now
from ngoma.base.references import show
from ngoma.casework import deadlines, deciding, merging, talking, working
from ngoma.notices import planning, sms
from ngoma.notices.sending import outgoing
from ngoma.records.models import Event, Job, Notice

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
Work = Callable[[], None]


def told(**which: Any) -> list[str]:
    """The kinds of notice to reporters there are, in order."""
    return list(
        Notice.objects.filter(contact__isnull=False, **which)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def last() -> Notice:
    notice = Notice.objects.order_by("id").last()
    assert notice is not None
    return notice


@pytest.fixture(params=["en", "sw", "lg", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_step_is_told_in_the_language(
    tell: Tell, work: Work, officer: Any, language: str
) -> None:
    receipt = tell(contact_language=language)
    case = receipt.case.pk
    at = now()

    def do(verb: Callable[..., Any], **given: Any) -> None:
        nonlocal at
        at += timedelta(seconds=1)
        with frozen(at):
            verb(actor=officer, case_id=case, at=at, **given)
            work()

    work()
    do(deciding.accept, text="Nice report")
    do(talking.answer, text="The crew knows the place.")
    do(talking.ask, text="Which side of the road?")
    do(talking.inform, text="The left one")
    do(working.start)
    do(deadlines.extend, reason="private", days=3)
    do(talking.note, text="for colleagues")
    do(working.resolve, text="Filled")
    do(working.reopen)
    do(working.resolve, text="Filled again")
    do(working.close)
    do(working.reopen)
    do(deciding.refer, body="power")
    do(working.reopen)
    do(deciding.reject, reason="private")
    assert told() == [
        "received", "accepted", "answered", "asked", "started", "extended", "resolved", "reopened",
        "resolved", "closed", "reopened", "referred", "reopened", "rejected",
    ]  # fmt: skip
    notices = list(Notice.objects.filter(contact__isnull=False).order_by("id"))
    assert {notice.language for notice in notices} == {language}
    assert {(notice.state, notice.provider) for notice in notices} == {("sent", "outbox")}
    said = {notice.kind: notice.text for notice in notices}
    assert "Which side of the road?" in said["asked"]
    assert "Filled" in said["resolved"]
    assert "999" in said["referred"]
    for notice in notices:
        assert show(receipt.report.reference) in notice.text
        sent = outgoing(notice).text
        assert f"/r/{receipt.report.reference}/{receipt.report.secret}" in sent
        assert sms.segments(sent) <= 2


def test_words_are_the_language_s_own(tell: Tell, work: Work) -> None:
    tell(contact_language="lg")
    work()
    notice = last()
    assert (notice.channel, notice.language) == ("sms", "lg")
    assert notice.text.startswith("Small: SML ")
    assert "http://small.example/lg/r/SML" in outgoing(notice).text


def test_mail_holds_the_whole_story(tell: Tell, work: Work, officer: Any) -> None:
    receipt = tell(email="A.Resident@Example.org", contact_language="sw")
    deciding.accept(actor=officer, case_id=receipt.case.pk, text="Asante.\nTutakuja kesho.")
    work()
    notice = last()
    assert (notice.channel, notice.kind) == ("email", "accepted")
    assert notice.subject == f"{show(receipt.report.reference)}: taarifa imekubaliwa"
    parts = notice.text.split("\n\n")
    assert parts[1] == "Asante.\nTutakuja kesho."
    assert "Shimo barabarani" in notice.text


def test_only_what_is_sent_holds_the_secret_of_a_page(tell: Tell, work: Work) -> None:
    receipt = tell(email="a@example.org")
    work()
    assert receipt.report.secret not in last().text
    assert receipt.report.secret in outgoing(last()).text


def test_long_words_of_an_officer_are_shortened(tell: Tell, work: Work, officer: Any) -> None:
    receipt = tell()
    talking.answer(actor=officer, case_id=receipt.case.pk, text="ŋŋaali nnyingi " * 200)
    work()
    notice = last()
    sent = outgoing(notice).text
    assert sms.segments(sent) == 2
    assert "ŋŋaali nnyingi... http" in sent
    assert sent.endswith(receipt.report.secret)


def test_nobody_without_a_contact_is_told(tell: Tell, work: Work) -> None:
    tell(phone="")
    work()
    assert told() == []


def test_planning_again_adds_nothing(tell: Tell, work: Work) -> None:
    receipt = tell()
    work()
    event = Event.objects.get(case=receipt.case.pk, kind="opened")
    planning.plan(event=event.pk, case=receipt.case.pk)
    assert told() == ["received"]
    assert not Job.objects.exists()


def test_one_contact_with_two_reports_is_told_once(tell: Tell, work: Work, officer: Any) -> None:
    first = tell()
    tell(joins=first.case.reference)
    tell(joins=first.case.reference, phone="+256772999888")
    work()
    assert told() == ["received", "joined", "joined"]
    deciding.accept(actor=officer, case_id=first.case.pk)
    work()
    assert told() == ["received", "joined", "joined", "accepted", "accepted"]
    assert Notice.objects.filter(kind="accepted").values("contact").distinct().count() == 2


def test_who_joins_later_does_not_hear_of_the_past(tell: Tell, work: Work, officer: Any) -> None:
    first = tell()
    deciding.accept(actor=officer, case_id=first.case.pk)
    late = tell(joins=first.case.reference, phone="+256772999888")
    work()
    assert told(report=late.report) == ["joined"]


def test_merging_tells_those_who_came_along(tell: Tell, work: Work, officer: Any) -> None:
    one, two = tell(), tell(phone="+256772999888")
    third = tell(joins=two.case.reference, phone="+256772999777")
    merging.merge(actor=officer, case_id=two.case.pk, into=one.case.pk)
    deciding.accept(actor=officer, case_id=one.case.pk)
    work()
    assert told(report=one.report) == ["received", "accepted"]
    assert told(report=two.report) == ["received", "merged", "accepted"]
    assert told(report=third.report) == ["joined", "merged", "accepted"]
    assert show(one.case.reference) in Notice.objects.filter(kind="merged")[0].text


def test_split_tells_the_one_who_leaves(tell: Tell, work: Work, officer: Any) -> None:
    one = tell()
    two = tell(joins=one.case.reference, phone="+256772999888")
    new = merging.split(actor=officer, report_id=two.report.pk)
    deciding.accept(actor=officer, case_id=one.case.pk)
    working.start(actor=officer, case_id=one.case.pk)
    deciding.accept(actor=officer, case_id=new.pk)
    work()
    assert told(report=one.report) == ["received", "accepted", "started"]
    assert told(report=two.report) == ["joined", "split", "accepted"]


def test_a_missed_date_is_owned_up_to(tell: Tell, work: Work) -> None:
    receipt = tell()
    work()
    with frozen(receipt.case.answer_due + timedelta(minutes=1)):
        deadlines.escalate_late()
        deadlines.escalate_late()
        work()
    assert told() == ["received", "late"]
    due = receipt.case.answer_due.astimezone(planning.book_of(receipt.case.city_id).zone)
    assert f"sorry, we missed {due:%a} {due.day} {due:%b %H:%M}" in last().text


def test_silence_after_a_question_has_its_own_words(tell: Tell, work: Work, officer: Any) -> None:
    receipt = tell()
    talking.ask(actor=officer, case_id=receipt.case.pk, text="Where?")
    with frozen(now() + timedelta(days=15)):
        working.close_finished()
        work()
    assert told()[-1] == "unanswered"


def test_what_an_older_system_received_is_not_received_again(
    tell: Tell, work: Work, officer: Any
) -> None:
    receipt = tell(channel="import")
    work()
    assert told() == []
    deciding.accept(actor=officer, case_id=receipt.case.pk)
    work()
    assert told() == ["accepted"]
