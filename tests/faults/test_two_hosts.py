"""Two hosts on one database: one is cut off, then the other killed, while reports come in."""

from pathlib import Path

import pytest
from bench.hosts import Hosts, Postgres, Unable, installed, until
from bench.storm import blowing, check
from bench.wires import Place, wired

from tests.faults.conftest import unable

pytestmark = [pytest.mark.server, pytest.mark.postgres]


def test_one_host_is_enough(installation: Hosts, tmp_path: Path) -> None:
    stock = installation.database
    assert isinstance(stock, Postgres)
    try:
        with wired(("db", "a", "b")) as (there, *both):
            database = Postgres(there.address, there.prefix, like=stock)
            database.begin()
            places = [(place.name, place.address, place.prefix) for place in both]
            services = (there.address, there.prefix)
            with installed(tmp_path, database, places, services, like=installation) as whole:
                _walk(whole, both[0])
    except Unable as why:
        unable(f"SKIPPED: {why}")


def _walk(whole: Hosts, cut: Place) -> None:
    first, second = whole.hosts
    first.begin("web", "worker", wait=False)
    second.begin("web", "worker")
    until(lambda: first.status("/readyz") == 200, "the first host does not answer")
    with blowing(whole, reports=30) as storm:
        until(lambda: len(storm.answered) > 5, "hardly anything is taken")
        cut.cut()
        answered = len(storm.answered)
        until(lambda: len(storm.answered) > answered + 5, "the other host does not take over")
        cut.mend()
        until(lambda: first.status("/readyz") == 200, "the first host does not come back")
        second.kill("web", "worker")
    whole.settle()
    assert check(storm) == []
    assert storm.accepted
    assert storm.refused["nobody"]
    assert first.processes["worker"].poll() is None
