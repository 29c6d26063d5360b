"""The digest by mail: in the reader's language, of what the reader oversees, once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.notices import digests, sending
from ngoma.records.models import Digest, Job, Membership, Notice, User
from ngoma.records.queries.digests import Day, Figures, Load, Rise, Word
from ngoma.work.worker import run_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(town: Book) -> Digest:
    """A morning after a working day: roads have a burst and a word, the front desk is late."""
    roads, front = (town.department_by_code[code].id for code in ("roads", "front"))
    figures = Figures(
        days=[Day(date(2026, 6, 2), 1200, 800.5), Day(date(2026, 6, 1), 3, None)],
        words=[Word("water kiosk", 14, 1.5, [roads]), Word("strange", 9, 0, [front])],
        bursts=[
            Rise(
                town.service_by_code["pothole"].id, town.place_by_code["kasubi"].id,
                2, 12, 0.3, [roads],
            )
        ],
        loads=[Load(roads, 2, 1), Load(front, 0, 4), Load(None, 1, 0)],
    )  # fmt: skip
    return Digest.objects.create(
        city_id=town.id, day=date(2026, 6, 3), made_at=now(), figures=msgspec.to_builtins(figures)
    )


@pytest.fixture
def reader(town: Book) -> Callable[..., User]:
    """Makes somebody who wants the digest."""

    def reader(role: str, department: str = "", **fields: Any) -> User:
        name = f"reader-{User.objects.count()}"
        usual = {"email": f"{name}@example.org", "digest": True, "language": "en"}
        user = User.objects.create_user(name, **usual | fields)
        found = town.department_by_code[department].id if department else None
        Membership.objects.create(user=user, city_id=town.id, department_id=found, role=role)
        return user

    return reader


def tell(morning: Digest) -> list[Notice]:
    with transaction.atomic():
        digests.tell(morning.pk)
    return list(Notice.objects.order_by("pk"))


WORDS = {
    "en": (
        "Small: how things stand this morning",
        "Monday 1 June: reports 3\nTuesday 2 June: reports 1,200, usually 800.5",
        "“water kiosk”: in 14 reports, usually in 1.5",
        "Hole in the road, Kasubi: 12 reports within 2 hours, usually 0.3",
        "late 2, open dangers 1",
    ),
    "sw": (
        "Ndogo: hali ilivyo asubuhi hii", "taarifa 1,200, kwa kawaida 800.5",
        "katika taarifa 14, kwa kawaida katika 1.5", "taarifa 12 ndani ya saa 2",
        "zilizochelewa 2, za hatari ambazo hazijaisha 1",
    ),
    "ko": (
        "[Small] 오늘 아침 현황", "6월 2일 화요일: 신고 1,200건, 평소 800.5건",
        "‘water kiosk’: 신고 14건, 평소 1.5건", "2시간 동안 신고 12건, 평소 0.3건",
        "기한 지남 2건, 처리 중인 위험 1건",
    ),
    "lg": (
        "Small: embeera nga bw'eri enkya ya leero", "alipoota 1,200, bulijjo 800.5",
        "mu alipoota 14, bulijjo mu 1.5", "alipoota 12 mu ssaawa 2",
        "ebikeerewedde 2, eby'obulabe ebitannaggwa 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
def test_it_is_written_in_the_language_of_its_reader(
    morning: Digest, reader: Callable[..., User], language: str
) -> None:
    reader("coordinator", language=language)
    [notice] = tell(morning)
    message = sending.outgoing(notice)
    subject, *lines = WORDS[language]
    assert message.subject == subject
    for line in lines:
        assert line in message.text, message.text
    assert "{" not in message.text
    assert "/desk/small/topics/" in message.text


def test_who_oversees_one_department_hears_of_that_alone(
    morning: Digest, reader: Callable[..., User], town: Book
) -> None:
    reader("supervisor", "roads")
    [notice] = tell(morning)
    assert "water kiosk" in notice.text
    assert "strange" not in notice.text
    names = [each.names["en"] for each in town.departments.values()]
    assert sum(f"{name}: late" in notice.text for name in names) == 1
    assert "Without a department" not in notice.text


def test_only_who_wants_and_may_gets_it(morning: Digest, reader: Callable[..., User]) -> None:
    reader("officer")
    reader("coordinator", digest=False)
    reader("coordinator", email="")
    reader("coordinator", is_active=False)
    assert tell(morning) == []
    wanted = reader("auditor")
    assert [each.user for each in tell(morning)] == [wanted]


def test_what_there_is_none_of_is_not_mentioned(
    morning: Digest, reader: Callable[..., User]
) -> None:
    quiet = Figures([Day(date(2026, 6, 2), 0, 2)], [], [], [])
    morning.figures = msgspec.to_builtins(quiet)
    morning.save()
    reader("coordinator")
    [notice] = tell(morning)
    assert notice.text.startswith("Tuesday 2 June: reports 0, usually 2\n\nWhat rises")


def test_it_goes_out_by_the_usual_way(
    morning: Digest, reader: Callable[..., User], settings: Any
) -> None:
    settings.NGOMA_DEMO = True
    reader("coordinator")
    with transaction.atomic():
        Job.objects.create(kind="notices.digest", data={"digest": morning.pk}, run_at=now())
    run_until_idle()
    assert Notice.objects.get().state == "sent"
