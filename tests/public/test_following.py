"""Following a case or a place: by code, told of what is public, ended by a secret."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, merging, talking, working
from ngoma.cities.book import Book, book
from ngoma.intake.submit import Receipt
from ngoma.notices import following
from ngoma.notices.sending import outgoing
from ngoma.people import vault
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Code, Contact, Event, Follow, Notice
from ngoma.work.worker import run_until_idle

Tell = Callable[..., Receipt]
FOLLOW = "/small/follow"


def code_sent() -> str:
    run_until_idle()
    text = outgoing(Notice.objects.filter(kind="code").latest("pk")).text
    found = re.search(r"\b[0-9]{6}\b", text)
    assert found
    return found[0]


def follow(reader: Client, contact: str = "f@example.org", **matter: str) -> str:
    """Follow something by code; the address of its page."""
    assert reader.post(FOLLOW, {"contact": contact, **matter}).status_code == 200
    done = reader.post(FOLLOW, {"contact": contact, "code": code_sent(), **matter})
    assert done.status_code == 303, done.content.decode()
    return str(done["Location"])


def news() -> list[tuple[str, str]]:
    """What followers were told: the kind of event, and the words."""
    run_until_idle()
    rows = Notice.objects.filter(kind="news").select_related("event").order_by("pk")
    return [(each.event.kind, outgoing(each).text) for each in rows]


def test_a_follower_hears_what_becomes_of_a_case(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    told = tell()
    page = follow(reader, case=told.case.reference)
    assert "You follow this" in reader.get(page).content.decode()
    assert "f•••@example.org" in reader.get(page).content.decode()
    deciding.accept(actor=officer, case_id=told.case.pk)
    talking.note(actor=officer, case_id=told.case.pk, text="he is always complaining")
    working.resolve(actor=officer, case_id=told.case.pk, text="Filled with asphalt.")
    heard = news()
    assert [kind for kind, _text in heard] == ["accepted", "resolved"]
    text = heard[1][1]
    assert "Filled with asphalt." in text
    assert f"/r/{told.case.reference}\n" in text
    assert told.report.secret not in text
    assert "complaining" not in "".join(text for _kind, text in heard)


def test_a_follower_of_a_place_hears_of_new_cases_and_of_repairs(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    follow(reader, place="west")
    told = tell(place="kasubi")
    deciding.accept(actor=officer, case_id=told.case.pk)
    working.resolve(actor=officer, case_id=told.case.pk, text="Filled.")
    assert [kind for kind, _text in news()] == ["opened", "resolved"]


def test_nobody_hears_twice_nor_what_they_told_themselves(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    told = tell(email="reporter@example.org")
    follow(reader, "reporter@example.org", case=told.case.reference)
    Notice.objects.filter(kind="code").delete()
    follow(reader, "f@example.org", case=told.case.reference)
    Code.objects.all().update(created_at=now() - timedelta(hours=2))
    follow(reader, "f@example.org", place="west")
    deciding.accept(actor=officer, case_id=told.case.pk)
    working.resolve(actor=officer, case_id=told.case.pk, text="Filled.")
    assert [kind for kind, _text in news()] == ["accepted", "resolved"]


def test_nothing_but_a_code_goes_to_who_did_not_confirm(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    told = tell()
    reader.post(FOLLOW, {"contact": "stranger@example.org", "case": told.case.reference})
    deciding.accept(actor=officer, case_id=told.case.pk)
    run_until_idle()
    assert list(Notice.objects.values_list("kind", flat=True)) == ["code"]
    assert not Follow.objects.exists()
    assert vault.erase_expired(now() + timedelta(hours=23)) == 0
    assert vault.erase_expired(now() + timedelta(hours=25)) == 1
    assert not Contact.objects.exists()


@pytest.mark.usefixtures("unhurried")
def test_who_follows_nobody_learns_nor_changes(
    reader: Client, tell: Tell, django_assert_num_queries: Any
) -> None:
    answers = []
    fields = {"contact": "f@example.org", "place": "west"}
    for _ in range(2):
        with django_assert_num_queries(5):
            asked = reader.post("/small/sw/follow", fields)
        Code.objects.all().delete()
        guessed = reader.post("/small/sw/follow", fields | {"code": "12345"})
        answers.append((asked.status_code, asked.content, guessed.status_code, guessed.content))
        if not Follow.objects.exists():
            follow(reader, place="west")
            known = Contact.objects.get()
    assert answers[0] == answers[1]
    after = Contact.objects.get()
    assert (after.language, after.expires_at) == (known.language, known.expires_at)
    assert vault.erase_expired(now() + timedelta(days=700)) == 0


def test_nobody_follows_everything(
    reader: Client, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 1)
    follow(reader, place="west")
    Code.objects.all().update(created_at=now() - timedelta(hours=2))
    fields = {"contact": "f@example.org", "place": "east"}
    reader.post(FOLLOW, fields)
    refused = reader.post(FOLLOW, fields | {"code": code_sent()})
    assert refused.status_code == 422
    assert "very many things" in refused.content.decode()
    assert Follow.objects.count() == 1


def test_a_wrong_code_follows_nothing_and_leads_nowhere(reader: Client, tell: Tell) -> None:
    told = tell()
    fields = {"contact": "f@example.org", "case": told.case.reference}
    reader.post(FOLLOW, fields)
    right = code_sent()
    wrong = reader.post(FOLLOW, fields | {"code": f"{(int(right) + 1) % 10**6:06}"})
    assert wrong.status_code == 422
    assert not Follow.objects.exists()


def test_a_case_that_is_not_public_is_not_followed_nor_told_of(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    from tests.public.test_tracking import make_private

    make_private("pothole")
    town = book("small")
    private = tell(book=town)
    fields = {"contact": "f@example.org", "case": private.case.reference}
    assert reader.post(FOLLOW, fields).status_code == 404
    follow(reader, place="west")
    tell(place="kasubi", book=town)
    assert news() == []
    page = reader.get(f"/small/r/{private.report.reference}").content.decode()
    assert "follow-contact" not in page


def test_it_ends_by_its_page_and_by_the_link_in_a_mail(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    told = tell()
    page = follow(reader, case=told.case.reference)
    assert "no longer follow" in reader.post(page).content.decode()
    assert not Contact.objects.filter(purpose="follow").exists()
    assert reader.get(page).status_code == 404
    follow(reader, "g@example.org", case=told.case.reference)
    deciding.accept(actor=officer, case_id=told.case.pk)
    run_until_idle()
    stop = outgoing(Notice.objects.get(kind="news")).stop.removeprefix("http://localhost:8000")
    assert "Stop messages about" in reader.get(stop).content.decode()
    assert "no longer follow" in reader.post(stop).content.decode()
    assert not Follow.objects.exists()


def test_a_place_is_not_told_all_day(reader: Client, tell: Tell) -> None:
    from ngoma.notices import telling

    follow(reader, place="west")
    for _ in range(telling.PLACE_DAILY + 2):
        tell(place="kasubi")
        run_until_idle()
    assert len(news()) == telling.PLACE_DAILY
    with frozen(now() + timedelta(days=1, minutes=1)):
        tell(place="kasubi")
        assert len(news()) == telling.PLACE_DAILY + 1


def test_what_is_ended_is_not_sent(reader: Client, tell: Tell, officer: Actor) -> None:
    from ngoma.notices import telling

    told = tell()
    page = follow(reader, case=told.case.reference)
    Code.objects.all().update(created_at=now() - timedelta(hours=2))
    follow(reader, place="east")
    deciding.accept(actor=officer, case_id=told.case.pk)
    telling.tell(event=Event.objects.get(kind="accepted").pk, case=told.case.pk)
    reader.post(page)
    run_until_idle()
    notice = Notice.objects.get(kind="news")
    assert (notice.state, notice.error) == ("failed", "it is followed no longer")


def test_what_became_private_before_it_was_sent_is_not(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    from ngoma.notices import telling

    told = tell()
    page = follow(reader, case=told.case.reference)
    deciding.accept(actor=officer, case_id=told.case.pk)
    telling.tell(event=Event.objects.get(kind="accepted").pk, case=told.case.pk)
    Case.objects.update(public=False)
    run_until_idle()
    notice = Notice.objects.get(kind="news")
    assert (notice.state, notice.error) == ("failed", "it is not public any more")
    assert reader.get(page).status_code == 200, "it can still be ended"
    assert reader.post(page).status_code == 200
    assert not Follow.objects.exists()


def test_the_desk_hears_how_reporters_were_told(reader: Client, tell: Tell, officer: Actor) -> None:
    """Not how followers were, of whom there may be very many, by whatever way."""
    from ngoma.records.models import User

    told = tell(email="reporter@example.org")
    assert subscribe(reader, told).status_code == 201
    deciding.accept(actor=officer, case_id=told.case.pk)
    run_until_idle()
    assert Notice.objects.filter(channel="push").exists()
    desk = Client(SERVER_NAME="localhost")
    desk.force_login(User.objects.get(username="officer"))
    assert desk.get(f"/desk/small/cases/{told.case.reference}/").status_code == 200


def test_followers_go_with_a_case_into_the_one_it_becomes_part_of(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    one, other = tell(), tell(words="The same hole")
    follow(reader, case=other.case.reference)
    merging.merge(actor=officer, case_id=other.case.pk, into=one.case.pk)
    run_until_idle()
    deciding.accept(actor=officer, case_id=one.case.pk)
    [(kind, text)] = news()
    assert kind == "accepted"
    assert f"/r/{other.case.reference}\n" in text, "the reference that they know"


def test_a_merge_keeps_every_way_to_stop_and_can_be_taken_apart(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    one, other = tell(), tell(words="The same hole")
    pages = [follow(reader, case=one.case.reference)]
    Code.objects.all().update(created_at=now() - timedelta(hours=2))
    pages.append(follow(reader, case=other.case.reference))
    merging.merge(actor=officer, case_id=other.case.pk, into=one.case.pk)
    run_until_idle()
    deciding.accept(actor=officer, case_id=one.case.pk)
    assert len(news()) == 1, "once, though both are followed"
    assert [reader.get(page).status_code for page in pages] == [200, 200]
    reader.post(pages[0])
    merging.split(actor=officer, report_id=other.report.pk)
    working.start(actor=officer, case_id=one.case.pk)
    assert len(news()) == 1
    deciding.accept(actor=officer, case_id=other.case.pk)
    assert len(news()) == 2


def test_following_again_is_following_once(reader: Client, tell: Tell) -> None:
    told = tell()
    first = follow(reader, case=told.case.reference)
    Code.objects.all().update(created_at=now() - timedelta(hours=2))
    assert follow(reader, case=told.case.reference) == first
    assert Follow.objects.count() == 1


@pytest.mark.parametrize(
    ("matter", "status"),
    [({}, 404), ({"case": "KLA000000"}, 404), ({"place": "nowhere"}, 404), ({"case": "\0"}, 404)],
)
def test_what_is_not_there_cannot_be_followed(
    reader: Client, tell: Tell, matter: dict[str, str], status: int
) -> None:
    assert reader.post(FOLLOW, {"contact": "f@example.org", **matter}).status_code == status


def test_very_many_followers_are_told_in_batches(
    reader: Client, tell: Tell, officer: Actor, town: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ngoma.notices import telling
    from ngoma.people.vault import Address
    from ngoma.records.models import Place

    monkeypatch.setattr(telling, "BATCH", 3)
    west = Place.objects.get(city=town.id, code="west")
    for number in range(8):
        address = Address("email", f"{number}@example.org")
        following.follow(town.id, address, language="en", place=west)
    case = tell(place="kasubi").case
    assert len(news()) == 3, "what is urgent does not wait behind very many"
    for step in (1, 2):
        with frozen(now() + telling.PAUSE * step + timedelta(seconds=1)):
            run_until_idle()
    assert len(news()) == 8
    event = Event.objects.get(case=case, kind="opened")
    telling.tell(event=event.pk, case=case.pk)
    assert len(news()) == 8, "again, it adds nothing"
    assert Notice.objects.values("contact").distinct().count() == 8


def browser_keys() -> dict[str, str]:
    """What a browser tells of itself."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "p256dh": urlsafe_b64encode(raw).rstrip(b"=").decode(),
        "auth": urlsafe_b64encode(b"a" * 16).rstrip(b"=").decode(),
    }


def subscribe(reader: Client, told: Receipt, **more: Any) -> Any:
    given = {"endpoint": "https://push.example/abc", **browser_keys()} | more
    address = f"/small/follow/browser?case={told.case.reference}"
    return reader.post(address, json.dumps(given), content_type="application/json")


def test_a_browser_follows_at_once_and_is_kept_sealed(reader: Client, tell: Tell) -> None:
    told = tell()
    answer = subscribe(reader, told)
    assert answer.status_code == 201
    assert "Messages come to this browser" in reader.get(answer.json()["url"]).content.decode()
    contact = Contact.objects.get(kind="push")
    assert b"push.example" not in bytes(contact.sealed)
    assert Follow.objects.get().confirmed_at is not None


@pytest.mark.parametrize(
    "more",
    [
        {"endpoint": "http://push.example/abc"}, {"endpoint": "https://"}, {"endpoint": 5},
        {"endpoint": "https://push.example/" + "x" * 1000}, {"p256dh": "AAAA"}, {"auth": "%%"},
        {"auth": None}, {"endpoint": "file:///etc/passwd"}, {"p256dh": "BA" + "A" * 85},
        {"endpoint": "https://[::1]/x"}, {"endpoint": "https://[::1"}, {"endpoint": "https://é/"},
        {"endpoint": "https://me:secret@push.example/"}, {"endpoint": "https://push.example:0/"},
        {"endpoint": "https://push.example:x/"}, {"endpoint": "https://push.example/\n"},
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(
    reader: Client, tell: Tell, more: dict[str, Any]
) -> None:
    assert subscribe(reader, tell(), **more).status_code == 400
    assert not Contact.objects.exists()
