"""Who holds a case: one of each person, however quickly they go on."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from ngoma.base.clock import now
from ngoma.casework.opening import open_case
from ngoma.cities import book as books
from ngoma.cities.load import load
from ngoma.people.permissions import STRANGER
from ngoma.records.models import Hold, User
from ngoma.records.queries import holds


@pytest.mark.django_db(transaction=True)
def test_somebody_who_asks_for_many_cases_at_once_holds_one() -> None:
    books.forget()
    book = books.book_of(load(Path(__file__).parents[1] / "cities" / "small").pk)
    user = User.objects.create_user("quick")
    nowhere = {"service_id": None, "place_id": None, "lat": None, "lon": None}
    cases = []
    for number in range(4):
        told = {"reference": f"SML{number:06}", "channel": "web", **nowhere}
        with open_case(actor=STRANGER, book=book, **told) as case:
            cases.append(case)
    failed: list[Exception] = []
    begin = threading.Barrier(len(cases))

    def go_through(case_id: int) -> None:
        try:
            for _ in range(15):
                begin.wait(20)
                holds.take(case_id, user.pk, at=now(), until=now() + timedelta(minutes=2))
        except Exception as error:
            failed.append(error)
            begin.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=go_through, args=(case.pk,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert Hold.objects.filter(user=user).count() == 1
