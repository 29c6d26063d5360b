"""Parquet files of a city's months: always those of a fresh folder, whatever happened between."""

import os
import shutil
import signal
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from pytest_django import Settings

from ngoma.base.months import bounds, month_of
from ngoma.casework import assigning, deciding, merging, rating, working
from ngoma.casework.opening import open_case
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.insight import partitions
from ngoma.insight.facts import CASES, clock
from ngoma.people.permissions import STRANGER, Actor, resident, staff
from ngoma.records.models import Case, City, Membership, Parked, Report, Service, User
from tests.processes import begin

# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 28, 6, 0, tzinfo=UTC)


@pytest.fixture
def who(town: Book, settings: Settings, tmp_path: Path) -> Actor:
    settings.NGOMA_DATA = tmp_path / "data"
    user = User.objects.create_user("carol")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)


def opened(town: Book, number: int, at: datetime, **fields: Any) -> Case:
    known = {"service": "pothole", "place": None, "lat": None, "lon": None} | fields
    service = town.service_by_code[known.pop("service")].id
    reference = f"SML{number:06}"
    with open_case(
        actor=STRANGER, book=town, reference=reference, channel="web", service_id=service,
        place_id=known.pop("place"), at=at, **known,
    ) as case:  # fmt: skip
        Report.objects.create(
            city_id=town.id, case=case, reference=reference, received_at=at, channel="sms",
            language="sw", secret=reference, origin="t", key=reference,
        )  # fmt: skip
    return case


def contents(town: Book) -> dict[str, list[dict[str, Any]]]:
    within = partitions.folder(town, CASES)
    return {path.stem: pq.read_table(path).to_pylist() for path in within.glob("*.parquet")}


def afresh(town: Book, settings: Settings, tmp_path: Path) -> dict[str, Any]:
    """What a host that has no folder yet makes."""
    kept = settings.NGOMA_DATA
    settings.NGOMA_DATA = tmp_path / "fresh" / os.urandom(4).hex()
    partitions.refresh(town, [CASES])
    found = contents(town)
    settings.NGOMA_DATA = kept
    return found


def live(who: Actor, town: Book, cases: Sequence[Case], draw: Random) -> None:
    """One more step of a case, whatever is possible."""
    case = Case.objects.get(pk=draw.choice(cases).pk)
    at = case.updated_at + timedelta(hours=draw.randrange(1, 200))
    match case.state:
        case "received":
            if draw.random() < 0.2:
                deciding.reject(actor=who, case_id=case.pk, reason="private", at=at)
            else:
                deciding.accept(actor=who, case_id=case.pk, at=at)
        case "accepted":
            department = draw.choice(list(town.departments))
            assigning.assign(actor=who, case_id=case.pk, department_id=department, at=at)
            other = Case.objects.filter(state="received").first()
            if other is not None and draw.random() < 0.3:
                merging.merge(actor=who, case_id=other.pk, into=case.pk, at=at)
            else:
                working.resolve(actor=who, case_id=case.pk, text="Done", at=at)
        case "resolved":
            report = Report.objects.filter(case=case).first()
            assert report is not None
            rating.rate(actor=resident(report), case_id=case.pk, score=draw.randrange(1, 6), at=at)
            if draw.random() < 0.5:
                working.reopen(actor=who, case_id=case.pk, at=at)


@pytest.mark.parametrize("seed", range(3))
def test_files_are_those_of_a_fresh_folder_after_any_steps(
    seed: int, town: Book, who: Actor, settings: Settings, tmp_path: Path
) -> None:
    draw, cases = Random(seed), []
    for number in range(45):
        if number % 3 == 0:
            at = START + timedelta(hours=draw.randrange(24 * 90))
            place = draw.choice([None, *town.places])
            cases.append(opened(town, number, at, place=place, lat=0.15, lon=32.05))
        live(who, town, cases, draw)
        if number % 15 == 14:
            partitions.refresh(town, [CASES])
            assert contents(town) == afresh(town, settings, tmp_path)
    rows = [row for month in contents(town).values() for row in month]
    standing = Case.objects.exclude(state="merged")
    assert sorted(row["case"] for row in rows) == sorted(standing.values_list("pk", flat=True))


def test_only_months_in_which_something_happened_are_written(town: Book, who: Actor) -> None:
    early, late = opened(town, 1, START), opened(town, 2, START + timedelta(days=60))
    months = [month_of(case.opened_at, town.zone) for case in (early, late)]
    assert set(months) <= set(partitions.refresh(town, [CASES])["cases"])
    assert partitions.months(town, CASES) == months
    assert partitions.refresh(town, [CASES]) == {"cases": []}
    deciding.accept(actor=who, case_id=late.pk, at=late.opened_at + timedelta(hours=1))
    heard: list[tuple[str, int, int]] = []
    assert partitions.refresh(town, [CASES], lambda *told: heard.append(told)) == {
        "cases": months[1:]
    }
    assert heard == [("cases", 1, 1)]


def test_a_month_that_loses_its_last_case_has_no_file(town: Book, who: Actor) -> None:
    into, away = opened(town, 1, START), opened(town, 2, START + timedelta(days=60))
    partitions.refresh(town, [CASES])
    assert len(contents(town)) == 2
    merging.merge(actor=who, case_id=away.pk, into=into.pk, at=away.opened_at + timedelta(hours=1))
    partitions.refresh(town, [CASES])
    assert list(contents(town)) == ["2026-03"]


def test_a_folder_that_was_deleted_or_spoilt_is_made_again(town: Book, who: Actor) -> None:
    opened(town, 1, START)
    partitions.refresh(town, [CASES])
    before, within = contents(town), partitions.folder(town, CASES)
    (within / "2026-03.parquet").unlink()
    (within / "2031-01.parquet").write_bytes(b"of another time")
    (within / "bookmark.json").write_text("{")
    partitions.refresh(town, [CASES])
    assert contents(town) == before


def test_what_the_pack_says_otherwise_is_written_again(town: Book, who: Actor) -> None:
    opened(town, 1, START)
    partitions.refresh(town, [CASES])
    assert contents(town)["2026-03"][0]["public"] is True
    Service.objects.filter(city=town.id, code="pothole").update(public=False)
    City.objects.filter(pk=town.id).update(version=99)
    books.forget()
    town = books.book_of(town.id)
    partitions.refresh(town, [CASES])
    assert contents(town)["2026-03"][0]["public"] is False


def test_what_is_private_or_was_told_as_such_is_a_fact_that_is_not_public(
    town: Book, who: Actor
) -> None:
    Service.objects.filter(city=town.id, code="light").update(public=False)
    City.objects.filter(pk=town.id).update(version=99)
    books.forget()
    town = books.book_of(town.id)
    hole, hidden, told, service = (opened(town, number, START) for number in range(4))
    Case.objects.filter(pk=hidden.pk).update(public=False)
    light = town.service_by_code["light"].id
    Report.objects.filter(case=told).update(service_id=light)
    Case.objects.filter(pk=service.pk).update(service_id=light)
    partitions.refresh(town, [CASES])
    public = {each["case"]: each["public"] for each in contents(town)["2026-03"]}
    assert public == {hole.pk: True, hidden.pk: False, told.pk: False, service.pk: False}


def test_a_row_says_what_happened(town: Book, who: Actor) -> None:
    place = town.place_by_code["west"].id
    case = opened(town, 1, START, place=place, lat=0.15, lon=32.05)
    deciding.accept(actor=who, case_id=case.pk, at=START + timedelta(days=2))
    working.resolve(actor=who, case_id=case.pk, text="Done", at=START + timedelta(days=9))
    working.reopen(actor=who, case_id=case.pk, at=START + timedelta(days=10))
    working.resolve(actor=who, case_id=case.pk, text="Again", at=START + timedelta(days=30))
    partitions.refresh(town, [CASES])
    row = contents(town)["2026-03"][0]

    def worked(days: int) -> int:
        return clock(town, START + timedelta(days=days)) - clock(town, START)

    assert (row["answered"], row["solved"]) == (worked(2), worked(30))
    assert (row["ending"], row["ended"], row["reopened"]) == ("solved", None, True)
    assert (row["channel"], row["language"], row["service"]) == ("sms", "sw", "pothole")
    assert row["district"] == town.places[town.district(place) or 0].code
    assert row["opened_at"] == START.replace(tzinfo=None)
    assert row["day"] == START.astimezone(town.zone).date()


def test_an_end_of_which_no_time_is_known_is_no_solution(town: Book, who: Actor) -> None:
    histories = [
        History(key="1", opened_at=START, changed_at=START, state="closed"),
        History(key="2", opened_at=START, changed_at=START, state="closed", ended=True),
        History(key="3", opened_at=START, changed_at=START, state="rejected", ended=True),
        History(key="4", opened_at=START, state="accepted"),
    ]
    record(town, histories, origin="old")
    partitions.refresh(town, [CASES])
    endings = [row["ending"] for row in contents(town)["2026-03"]]
    assert endings == ["unknown", "solved", "ended", "open"]


def test_pages_of_a_month_meet_without_gap(town: Book, who: Actor) -> None:
    at = [START, START + timedelta(seconds=1)]
    histories = [History(key=str(n), opened_at=at[n > 1500]) for n in range(4100)]
    record(town, histories, origin="old")
    partitions.refresh(town, [CASES])
    assert len({row["case"] for row in contents(town)["2026-03"]}) == 4100


def test_months_are_the_citys(town: Book, who: Actor) -> None:
    first, after = bounds(month_of(START, town.zone), town.zone)
    moments = [first - timedelta(seconds=1), first, after - timedelta(seconds=1), after]
    for number, at in enumerate(moments):
        opened(town, number, at)
    partitions.refresh(town, [CASES])
    found = {month: len(rows) for month, rows in contents(town).items()}
    assert found == {"2026-02": 1, "2026-03": 2, "2026-04": 1}


def refresh_and_die(after: str) -> None:
    """In a process of its own: killed when so many months are written."""

    def progress(kind: str, done: int, total: int) -> None:
        if done == int(after):
            os.kill(os.getpid(), signal.SIGKILL)

    partitions.refresh(books.book("small"), [CASES], progress)


def test_whoever_is_killed_leaves_files_that_the_next_one_finishes(
    town: Book, who: Actor, settings: Settings, tmp_path: Path
) -> None:
    cases = [opened(town, number, START + timedelta(days=31 * number)) for number in range(4)]
    partitions.refresh(town, [CASES])
    for case in cases:
        deciding.accept(actor=who, case_id=case.pk, at=case.opened_at + timedelta(hours=1))
    process = begin(__name__, "refresh_and_die", "2")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    answered = [row["answered"] is not None for rows in contents(town).values() for row in rows]
    assert sorted(answered) == [False, False, True, True]
    partitions.refresh(town, [CASES])
    assert contents(town) == afresh(town, settings, tmp_path)


def test_a_case_that_cannot_be_written_is_parked_and_the_rest_is_written(
    town: Book, who: Actor, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """One row cannot be made, another has a number that its column cannot hold."""
    early, late = START - timedelta(days=40), START
    unmade, unheld, *good = [
        opened(town, number, at).pk for number, at in enumerate((early, late, early, late), 1)
    ]
    partitions.refresh(town, [CASES])
    Case.objects.filter(pk=unmade).update(resolved_at=datetime(9999, 12, 31, 23, tzinfo=UTC))
    Case.objects.filter(pk=unheld).update(transfers=32767, rating=300)
    shutil.rmtree(partitions.folder(town, CASES))
    refreshed = partitions.refresh(town, [CASES])["cases"]
    assert len(refreshed) == 2

    def written() -> set[int]:
        return {row["case"] for rows in contents(town).values() for row in rows}

    assert written() == set(good)
    assert {row.case_id: row.reader for row in Parked.objects.all()} == {
        unmade: "files of cases",
        unheld: "files of cases",
    }
    assert caplog.text.count("case parked") == 2

    Case.objects.filter(pk=unheld).update(transfers=0, rating=None)
    assert partitions.refresh(town, [CASES])["cases"] == refreshed, "they are tried again"
    assert written() == {unheld, *good}
    assert Parked.objects.get().case_id == unmade
    Case.objects.filter(pk=unmade).update(resolved_at=None)
    assert partitions.refresh(town, [CASES])["cases"] == refreshed[:1]
    assert not Parked.objects.exists()
    assert partitions.refresh(town, [CASES])["cases"] == []
