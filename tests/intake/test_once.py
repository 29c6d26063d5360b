"""Accepted once, and for good: retries, races between threads and processes, sudden death."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from ngoma.base import references
from ngoma.casework.fold import replay
from ngoma.casework.rebuild import FIELDS
from ngoma.cities.book import Book
from ngoma.intake.photos import BLUR
from ngoma.intake.submit import Receipt, submit
from ngoma.records.models import Case, Contact, Event, Job, Photo, Report
from ngoma.records.queries.photos import SIZES, inside_path
from ngoma.work import registry
from tests.intake import told
from tests.intake.pictures import as_taken
from tests.processes import begin

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 10


def at_once(run: Callable[[int], Any], times: int = TIMES) -> list[Any]:
    """What `run` gives in so many threads that start at the same moment."""
    barrier = Barrier(times)

    def go(number: int) -> Any:
        try:
            barrier.wait(10)
            return run(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(go, range(times)))


def check_whole() -> None:
    """There is no half of anything: whatever there is has all that belongs to it."""
    for case in Case.objects.all():
        events = list(case.events.order_by("seq"))
        assert [event.seq for event in events] == list(range(1, case.version + 1))
        assert all(getattr(replay(case, events), name) == getattr(case, name) for name in FIELDS)
        assert case.reports.count() == case.reports_count
        assert case.reports.filter(reference=case.reference).exists()
    jobs = Job.objects.exclude(kind=BLUR).values_list("data", "kind")
    waiting = {(data["event"], kind) for data, kind in jobs}
    assert waiting == {
        (event.pk, kind)
        for event in Event.objects.all()
        for kind in registry.followers(event.kind)
        if registry.wanted(kind, event)
    }
    for report in Report.objects.all():
        assert report.contact_id is not None
        assert Event.objects.filter(data__reference=report.reference).count() == 1
        check_photos(report)


def check_photos(report: Report) -> None:
    (photo,) = report.photos.all()
    assert default_storage.size(photo.original) == len(as_taken("JPEG", 6))
    for size in SIZES:
        assert default_storage.size(inside_path(photo.name, size)) > 500


def test_a_retry_gets_the_first_answer(town: Book, media: Callable[[], set[str]]) -> None:
    first = submit(told(town, key="a", photos=(as_taken("JPEG", 6),)))
    files = media()
    # Even if by now it says something else, or something that would be refused.
    again = submit(told(town, key="a", words="", lat=99.0, photos=(b"no photo",)))
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.report, again.case) == (first.report, first.case)
    assert media() == files
    other = submit(told(town, key="a", origin="another"))
    assert other.report != first.report


def test_without_a_key_nobody_gets_the_answer_of_another(town: Book) -> None:
    first, second = submit(told(town, key="")), submit(told(town, key=""))
    assert first.report != second.report
    assert not second.repeated


@pytest.mark.parametrize("key", ["x" * 5000, "\ud800", "a\x00b", "열쇠" * 64])
def test_any_key_is_one(town: Book, key: str) -> None:
    first, again = submit(told(town, key=key)), submit(told(town, key=key))
    assert again.repeated
    assert again.report == first.report
    assert not submit(told(town, key=key + "!")).repeated


def test_ten_threads_with_the_same_submission_are_one_report(
    town: Book, media: Callable[[], set[str]]
) -> None:
    same = told(town, key="same", photos=(as_taken("JPEG", 6),), email="ann@example.org")
    receipts: list[Receipt] = at_once(lambda _: submit(same))
    assert len({receipt.report.pk for receipt in receipts}) == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * (TIMES - 1)
    assert (Report.objects.count(), Case.objects.count(), Event.objects.count()) == (1, 1, 1)
    assert (Photo.objects.count(), len(media())) == (1, 1 + len(SIZES))
    check_whole()


def test_ten_processes_with_the_same_submission_are_one_report(town: Book) -> None:
    sender = begin("tests.intake.sender", "same", "key", str(TIMES))
    answers = [line.split() for line in sender.communicate(timeout=60)[0].splitlines()]
    assert sender.returncode == 0
    assert len({tuple(answer[:2]) for answer in answers}) == 1
    assert sorted(answer[2] for answer in answers) == ["False"] + ["True"] * (TIMES - 1)
    assert (Report.objects.count(), Photo.objects.count()) == (1, 1)
    check_whole()


def test_many_at_once_have_references_of_their_own(town: Book) -> None:
    """From the same reporter too: the address is kept once."""
    photo = as_taken("JPEG", 6)

    def several(number: int) -> list[str]:
        return [
            submit(
                told(town, key=f"{number}-{n}", photos=(photo,), email="ann@example.org")
            ).report.reference
            for n in range(3)
        ]

    found = [reference for each in at_once(several, 6) for reference in each]
    assert len(set(found)) == len(found) == 18
    assert all(references.read(reference) == reference for reference in found)
    assert Contact.objects.count() == 1
    check_whole()


def test_nothing_that_was_answered_is_lost_by_sudden_death(town: Book) -> None:
    sender = begin("tests.intake.sender", "die", "10")
    answered = sender.communicate(timeout=120)[0].split()
    assert sender.returncode == 0
    assert len(answered) >= 10
    assert set(answered) <= set(Report.objects.values_list("reference", flat=True))
    assert Report.objects.count() <= len(answered) + 10, "at most one a life is not answered"
    check_whole()
