"""A town that keeps backups, and a place where nothing is yet."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from ngoma.backup.restic import Repository
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Membership, User
from tests.processes import CALL, ROOT, database_url


@pytest.fixture(scope="session")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository without a snapshot, beside its password."""
    if shutil.which("restic") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no restic: apt install restic")
    folder = tmp_path_factory.mktemp("restic")
    Repository(str(folder / "repository"), folder / "password").begin()
    return folder


@pytest.fixture
def kept(empty_repository: Path, home: Path, tmp_path: Path, settings: Any) -> Path:
    """The repository of a test: its own, and the town's setting."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(empty_repository, folder)
    settings.NGOMA_BACKUP_REPOSITORY = folder / "repository"
    settings.NGOMA_BACKUP_PASSWORD_FILE = str(folder / "password")
    return folder / "repository"


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """The town's data directory."""
    path = tmp_path / "home"
    (path / "media").mkdir(parents=True)
    settings.NGOMA_DATA, settings.MEDIA_ROOT = path, path / "media"
    settings.NGOMA_LEDGER_KEY = str(path / "keys" / "ledger")
    return path


@pytest.fixture
def town(transactional_db: None) -> Book:
    """A small city whose events are committed."""
    book.forget()
    return book.book_of(load(Path(__file__).parents[1] / "cities" / "small").pk)


@pytest.fixture
def coordinator(town: Book) -> Actor:
    """Somebody who may do everything that staff may."""
    user = User.objects.create_user("nakato")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)


@dataclass(frozen=True)
class Place:
    """A machine where nothing is yet: a directory, and on PostgreSQL an empty database."""

    data: Path
    environment: dict[str, str]

    def ngoma(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """A command of Ngoma's there."""
        return subprocess.run(
            [sys.executable, "-m", "ngoma", *arguments],
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def restore(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Bring the newest backup back there."""
        return self.ngoma("restore", "--data", str(self.data), *arguments, **more)

    def ask(self, function: str) -> Any:
        """What a function of `tests.backup.looking` finds there."""
        there = self.environment | {"NGOMA_DATA": str(self.data)}
        command = [sys.executable, "-c", CALL, "tests.backup.looking", function]
        done = subprocess.run(
            command, cwd=ROOT, env=there, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def elsewhere(kept: Path, settings: Any, tmp_path: Path) -> Iterator[Place]:
    """Another machine, which knows where the backups are and their password, and no key."""
    environment = {name: value for name, value in os.environ.items() if "NGOMA" not in name}
    environment |= {
        "NGOMA_BACKUP_REPOSITORY": str(kept),
        "NGOMA_BACKUP_PASSWORD_FILE": settings.NGOMA_BACKUP_PASSWORD_FILE,
        "NGOMA_LOG": "ERROR",
        "COLUMNS": "400",
    }
    data = tmp_path / "new machine"
    if connection.vendor == "sqlite":
        yield Place(data, environment | {"DATABASE_URL": ""})
        return
    name = f"ngoma_elsewhere_{os.getpid()}"
    here = database_url()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(here, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield Place(data, environment | {"DATABASE_URL": f"{here.rpartition('/')[0]}/{name}"})
        server.execute(drop)
