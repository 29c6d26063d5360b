"""My reports: found again by a code, without a cookie, and by nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ngoma.base import clock
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.notices.sending import outgoing
from ngoma.people import codes
from ngoma.public import mine
from ngoma.records.models import Code, Contact, Follow, Notice, Report
from ngoma.work.worker import run_until_idle

Tell = Callable[..., Receipt]
MINE = "/small/mine"


def sent_code() -> str:
    """The digits in the message that came last."""
    run_until_idle()
    notice = Notice.objects.filter(kind="code").latest("pk")
    assert "{code}" in notice.text, "what is kept does not give the code away"
    found = re.search(r"\b[0-9]{6}\b", outgoing(notice).text)
    assert found
    return found[0]


def open_list(reader: Client, contact: str = "a@example.org") -> Any:
    reader.post(MINE, {"contact": contact})
    answer = reader.post(MINE, {"contact": contact, "code": sent_code()})
    assert answer.status_code == 303, answer.content.decode()
    return reader.get(answer["Location"])


def test_a_code_opens_the_list_of_ones_reports(reader: Client, tell: Tell) -> None:
    mine_, other = tell(email="a@example.org"), tell(email="b@example.org")
    page = open_list(reader, " A@Example.org ")
    text = page.content.decode()
    assert f"/r/{mine_.report.reference}/{mine_.report.secret}" in text
    assert other.report.reference not in text
    assert "a@example.org" not in text
    assert "a•••@example.org" in text
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert not reader.cookies
    assert Contact.objects.get(report=mine_.report).verified_at


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("contact", ["a@example.org", "0772 123456"])
def test_who_is_known_here_nobody_learns(
    reader: Client, tell: Tell, contact: str, django_assert_num_queries: Any
) -> None:
    known = {"email": contact} if "@" in contact else {"phone": contact}
    answers = []
    for _ in range(2):
        with django_assert_num_queries(1):
            asked = reader.post(MINE, {"contact": contact})
        run_until_idle()
        guessed = reader.post(MINE, {"contact": contact, "code": "123456"})
        answers.append((asked.status_code, asked.content, guessed.status_code, guessed.content))
        tell(**known)
        run_until_idle()
    assert answers[0] == answers[1]


def test_nothing_is_sent_to_who_never_told_anything(reader: Client, tell: Tell) -> None:
    reader.post(MINE, {"contact": "stranger@example.org"})
    run_until_idle()
    assert not Notice.objects.exists()
    assert not Code.objects.exists()


def test_the_way_in_is_open_for_an_hour(
    reader: Client, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(email="a@example.org")
    reader.post(MINE, {"contact": "a@example.org"})
    way = reader.post(MINE, {"contact": "a@example.org", "code": sent_code()})["Location"]
    monkeypatch.setattr(mine, "LIFE", -1)
    page = reader.get(way)
    assert "Ask for a new code" in page.content.decode()
    assert "/r/" not in page.content.decode()
    assert reader.get(f"{way}x").status_code == 404


def test_it_is_the_way_into_its_own_city_alone(reader: Client, tell: Tell, town: Book) -> None:
    from ngoma.records.models import City

    tell(email="a@example.org")
    reader.post(MINE, {"contact": "a@example.org"})
    way = reader.post(MINE, {"contact": "a@example.org", "code": sent_code()})["Location"]
    other = City.objects.get(pk=town.id)
    other.pk, other.slug, other.prefix = None, "other", "OTH"
    other.save()
    from ngoma.cities import book

    book.forget()
    assert reader.get(way.replace("/small/", "/other/")).status_code == 404


def test_an_address_is_erased_when_its_owner_is_sure(reader: Client, tell: Tell) -> None:
    report = tell(email="a@example.org").report
    way = open_list(reader).wsgi_request.path
    unsure = reader.post(way)
    assert "Tick that you are sure" in unsure.content.decode()
    assert Contact.objects.exists()
    assert "erased" in reader.post(way, {"sure": "yes"}).content.decode()
    report = Report.objects.latest("pk")
    last = report.case.events.order_by("seq").last()
    assert last
    assert (last.kind, last.actor, last.data) == (
        "forgotten", "resident", {"reference": report.reference},
    )  # fmt: skip
    assert not Contact.objects.exists()
    assert not Code.objects.exists()
    report.refresh_from_db()
    assert report.contact is None
    assert reader.get(way).status_code == 404


def test_who_is_erased_follows_nothing_any_more(reader: Client, tell: Tell, town: Book) -> None:
    from ngoma.notices import following
    from ngoma.people.vault import Address

    case = tell(email="a@example.org").case
    address = Address("email", "a@example.org")
    following.follow(town.id, address, language="en", case=case)
    neighbour = following.follow(
        town.id, Address("email", "b@example.org"), language="en", case=case
    )
    reader.post(open_list(reader).wsgi_request.path, {"sure": "yes"})
    assert list(Follow.objects.all()) == [neighbour]


@pytest.mark.parametrize("typed", ["", "nobody", "a@", "12", "a@example.org\r\nBcc: b@c.de", "\0"])
def test_what_is_no_address_is_said(reader: Client, typed: str) -> None:
    answer = reader.post(MINE, {"contact": typed})
    assert answer.status_code == 422
    assert "Please check it" in answer.content.decode()


def test_the_code_of_a_new_address_comes_with_the_receipt(reader: Client, tell: Tell) -> None:
    told = tell(phone="0772 123456")
    run_until_idle()
    notice = Notice.objects.get(kind="received")
    code = re.search(r"Code ([0-9]{6})", outgoing(notice).text)
    assert code
    own = f"/small/r/{told.report.reference}/{told.report.secret}"
    page = reader.get(f"{own}/receipt").content.decode()
    assert "Is ••• 456 yours?" in page
    assert "123456" not in page
    wrong = reader.post(own, {"do": "confirm", "code": f"{(int(code[1]) + 1) % 10**6:06}"})
    assert "not right" in wrong.content.decode()
    right = reader.post(own, {"do": "confirm", "code": code[1]})
    assert right.status_code == 302
    assert Contact.objects.get().verified_at
    assert "Is ••• 456 yours?" not in reader.get(own).content.decode()
    tell(phone="0772 123456")
    run_until_idle()
    again = Notice.objects.filter(kind="received").latest("pk")
    assert "Code" not in outgoing(again).text, "who is confirmed is not asked again"


def test_a_code_is_asked_for_while_it_can_be_typed(reader: Client, tell: Tell) -> None:
    told = tell(phone="0772 123456").report
    shown = tell(phone="0772 123457", demo=True).report

    def asks(report: Report) -> bool:
        page = reader.get(f"/small/r/{report.reference}/{report.secret}")
        return "yours?" in page.content.decode()

    assert asks(told), "the message may be sent a moment later"
    run_until_idle()
    assert asks(told)
    assert not asks(shown), "a demonstration sends nothing"
    with clock.frozen(clock.now() + codes.LIVES[Code.Purpose.VERIFY]):
        assert not asks(told)


def test_a_code_that_was_not_sent_in_time_is_not_sent(reader: Client, tell: Tell) -> None:
    from ngoma.notices.sending import send

    tell(email="a@example.org")
    run_until_idle()
    reader.post(MINE, {"contact": "a@example.org"})
    run_until_idle()
    notice = Notice.objects.get(kind="code")
    Code.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.QUEUED)
    send(notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.error) == ("failed", "the code is good no longer")


def test_many_codes_are_not_asked_for_in_anothers_name(reader: Client, tell: Tell) -> None:
    tell(email="a@example.org")
    for _ in range(20):
        reader.post(MINE, {"contact": "a@example.org"})
        run_until_idle()
    assert Notice.objects.filter(kind="code").count() <= max(most for _span, most in codes.PACES)
    assert Report.objects.count() == 1
