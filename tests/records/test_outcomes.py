"""Kept figures of a city's work: always those of one reckoning, whoever reckons."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from ngoma.cities.book import Book
from ngoma.records.models import Outcomes
from ngoma.records.queries import outcomes
from tests.processes import begin

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 25


def put_figures(city_id: str, first: str) -> None:
    for number in range(int(first), int(first) + TIMES):
        at = datetime.fromtimestamp(number, UTC)
        outcomes.replace(int(city_id), at, {0: {"made": number}, 1: {"made": number}}, {})


def test_figures_of_two_hosts_at_once_do_not_meet(town: Book) -> None:
    if connection.vendor == "sqlite":
        return  # which lets one write at a time
    hosts = [begin(__name__, "put_figures", str(town.id), first) for first in ("0", "1000")]
    for host in hosts:
        host.communicate(timeout=60)
    assert [host.returncode for host in hosts] == [0, 0]
    kept = {row.department: row.figures["made"] for row in Outcomes.objects.filter(city=town.id)}
    assert kept.keys() == {0, 1}
    assert kept[0] == kept[1]
    assert kept[0] % 1000 == TIMES - 1
