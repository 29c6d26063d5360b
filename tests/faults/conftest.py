"""Installations that things happen to, of several processes each, made once and shared."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.hosts import Hosts, Postgres, Sqlite, Unable, installed

from tests.conftest import ON_POSTGRES


def unable(why: str) -> None:
    """Skip, and say so loudly; fail where all is meant to be tested."""
    say = pytest.fail if os.environ.get("CI") else pytest.skip
    say(why)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """A database, stand-ins for the services of messages, and one host; all of it is running, and
    who takes something away brings it back."""
    folder: Path = tmp_path_factory.mktemp("installation")
    database: Sqlite | Postgres = Sqlite(folder / "db.sqlite3")
    if ON_POSTGRES:
        try:
            database = Postgres()
        except Unable as why:
            unable(str(why))
        assert isinstance(database, Postgres)
        database.begin()
        database.create()
    with installed(folder, database) as made:
        made.hosts[0].begin("web", "worker")
        yield made
