"""kill -9 of web, worker and database while reports come in, are accepted and are told of."""

import pytest
from bench.hosts import Hosts, Postgres, until
from bench.storm import blowing, check

pytestmark = pytest.mark.server


def test_nothing_is_lost_and_nothing_is_sent_twice(installation: Hosts) -> None:
    host, database = installation.hosts[0], installation.database
    with blowing(installation, reports=40) as storm:
        until(lambda: len(storm.answered) > 5, "hardly anything is taken")
        host.kill("web", "worker")
        host.begin("worker", "web")
        answered = len(storm.answered)
        until(lambda: len(storm.answered) > answered + 5, "nothing more is taken")
        if isinstance(database, Postgres):
            database.kill()
            database.begin()
        else:
            host.kill("worker")
            host.begin("worker")
    installation.settle()
    assert check(storm) == []
    assert storm.accepted
    assert storm.refused["nobody"], "nobody noticed that anything was killed"
    assert len(installation.messages) > 40

    for key, reference in list(storm.answered.items())[::8]:
        again = storm.say(host, key)
        assert (again.status_code, again.json()["reference"]) == (200, reference)
    verified = installation.command("ledger", "verify")
    assert "Nothing was altered" in verified.stdout, verified.stderr
