"""Tables and code of different versions: old code goes on beside newer tables, new code waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bench.hosts import Hosts, until
from bench.storm import Storm

pytestmark = pytest.mark.server
NEWER = """
INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_newer', '2026-01-01')
"""
NOTICE = """
SELECT n.state, n.newer FROM records_notice n JOIN records_report r ON r.id = n.report_id
WHERE r.key = '{key}'
"""


@contextmanager
def newer_tables(installation: Hosts) -> Iterator[None]:
    """Columns that this code knows nothing of, as a migration by the rules makes them."""
    rows = installation.database.rows
    tables = ("records_report", "records_event", "records_job", "records_notice")
    for table in tables:
        rows(f"ALTER TABLE {table} ADD COLUMN newer varchar(9) DEFAULT 'new' NOT NULL")
    rows("CREATE TABLE records_newer (id integer PRIMARY KEY)")
    rows(NEWER)
    try:
        yield
    finally:
        rows("DELETE FROM django_migrations WHERE name = '9999_newer'")
        rows("DROP TABLE records_newer")
        for table in tables:
            rows(f"ALTER TABLE {table} DROP COLUMN newer")


def test_old_code_goes_on_beside_newer_tables(installation: Hosts) -> None:
    host, storm = installation.hosts[0], Storm(installation)
    key = f"versions-of-tables-{time.monotonic_ns() % 10_000}"
    with newer_tables(installation):
        assert storm.say(host, key).status_code == 201
        notice = NOTICE.format(key=key)
        until(lambda: installation.database.rows(notice) == [("sent", "new")], "it is not sent")
        assert installation.command("tick").returncode == 0


def test_new_code_says_which_command_brings_the_tables_up_to_date(installation: Hosts) -> None:
    rows = installation.database.rows
    rows("UPDATE django_migrations SET name = 'x0035_parked' WHERE name = '0035_parked'")
    try:
        for command in (["web", "--port", "1"], ["worker"]):
            refused = installation.command(*command)
            assert refused.returncode == 1
            assert refused.stderr.strip() == (
                "the tables are 1 steps older than this version: run `./ngoma migrate`"
            )
    finally:
        rows("UPDATE django_migrations SET name = '0035_parked' WHERE name = 'x0035_parked'")
