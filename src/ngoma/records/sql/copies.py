"""A consistent copy of the whole database as files, while others write; and a database of it."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlencode

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

SQLITE, POSTGRESQL = "sqlite.sql", "postgresql"
"""What a copy is called in its folder: one file, or a folder with a file for each table."""
NO_PASSWORD: Mapping[str, str] = {}


class CopyFailed(RuntimeError):
    """A copy that could not be made or put back; the text says why."""


def copy_to(folder: Path) -> None:
    """Copy the database as it is at this moment. Raises `CopyFailed`.

    Both databases write rows, table by table in order, and no indexes: so most of tomorrow's copy
    is the same bytes as today's, and is stored once. Of SQLite's own pages hardly any stretch of
    a megabyte is the same after a day.
    """
    if connection.vendor == "sqlite":
        with (folder / SQLITE).open("wb") as file:
            _run("sqlite3", *_PATIENT, "-readonly", _place(), ".dump", out=file)
        if not _ends_well(folder / SQLITE):
            raise CopyFailed("sqlite3: the copy ends before the database does")
        return
    options = ("--format=directory", "--compress=0", "--no-owner", "--no-privileges")
    address, password = _address()
    _run("pg_dump", address, *options, f"--file={folder / POSTGRESQL}", password=password)


def bring_back(folder: Path) -> None:
    """Make the database of the settings, which is empty, from a copy. Raises `CopyFailed`.

    All of it is there afterwards, or nothing.
    """
    if connection.vendor == "sqlite":
        connection.close()
        place = Path(_place())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        with (folder / SQLITE).open("rb") as file:
            _run("sqlite3", "-bail", str(place), given=file)
        return
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    address, password = _address()
    _run("pg_restore", address, *options, str(folder / POSTGRESQL), password=password)


def is_empty() -> bool:
    """Whether the database of the settings has no tables yet, or is not there at all."""
    if connection.vendor == "sqlite":
        place = Path(_place())
        return not place.exists() or not place.stat().st_size
    return not connection.introspection.table_names()


def size() -> int:
    """About how many bytes a copy needs at most: rows as text are larger, and have no indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0] * 1.6)


@contextmanager
def another() -> Iterator[str]:
    """The DATABASE_URL of a new database beside that of the settings, for as long as it is needed.

    Empty on SQLite, which has its file in the data directory. Raises `CopyFailed`.
    """
    if connection.vendor == "sqlite":
        yield ""
        return
    where = _where()
    name = f"{where['dbname']}_trial"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    try:
        server = psycopg.connect(make_conninfo(**where), autocommit=True)
    except psycopg.Error as error:
        raise CopyFailed(str(error)) from error
    with server:
        try:
            server.execute(drop)
            server.execute(make)
        except psycopg.Error as error:
            raise CopyFailed(
                f"a trial needs a database of its own: ALTER ROLE … CREATEDB ({error})"
            ) from error
        try:
            yield _url(where | {"dbname": name})
        finally:
            server.execute(drop)


_DJANGOS = frozenset({"pool", "server_side_binding", "prepare_threshold"})
"""What the settings of a connection have beside libpq's parameters."""


def _where() -> dict[str, str]:
    """The database of the settings as libpq's parameters."""
    row = connection.settings_dict
    named = {"dbname": row["NAME"], "user": row["USER"], "password": row["PASSWORD"]}
    named |= {"host": row["HOST"], "port": row["PORT"]} | row["OPTIONS"]
    return {name: str(value) for name, value in named.items() if value and name not in _DJANGOS}


def _url(where: dict[str, str]) -> str:
    """The same as a DATABASE_URL."""
    options = {name: where[name] for name in where if name not in ("dbname", "user", "password")}
    user, password = (
        quote(where.get("user", ""), safe=""),
        quote(where.get("password", ""), safe=""),
    )
    own = f"{user}:{password}@" if user else ""
    return f"postgresql://{own}/{quote(where['dbname'])}?{urlencode(options)}"


_PATIENT = ("-cmd", ".timeout 20000")
"""Milliseconds."""
_PACKAGES = {
    "sqlite3": "sqlite3",
    "pg_dump": "postgresql-client",
    "pg_restore": "postgresql-client",
}


def programs() -> dict[str, str]:
    """What has to be installed for this database: programs, and Debian's packages of them."""
    ours = connection.vendor == "sqlite"
    return {name: package for name, package in _PACKAGES.items() if (name == "sqlite3") == ours}


def _place() -> str:
    return str(connection.settings_dict["NAME"])


def _ends_well(dump: Path) -> bool:
    with dump.open("rb") as file:
        file.seek(max(0, dump.stat().st_size - 100))
        return file.read().rstrip().endswith(b"COMMIT;")


def _address() -> tuple[str, dict[str, str]]:
    """Where PostgreSQL is, and its password: that goes where no list of processes shows it."""
    where = _where()
    password = {"PGPASSWORD": where.pop("password")} if "password" in where else {}
    return f"--dbname={make_conninfo(**where)}", password


def _run(
    program: str,
    *arguments: str,
    password: Mapping[str, str] = NO_PASSWORD,
    given: BinaryIO | None = None,
    out: BinaryIO | None = None,
) -> None:
    try:
        done = subprocess.run(
            [program, *arguments],
            env=os.environ | dict(password),
            stdin=given or subprocess.DEVNULL,
            stdout=out or subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except FileNotFoundError:
        raise CopyFailed(f"{program} is not installed: apt install {_PACKAGES[program]}") from None
    if done.returncode:
        # What follows may quote rows.
        said = re.split(r"CONTEXT|DETAIL", done.stderr.decode(errors="replace"))[0].strip()
        raise CopyFailed(f"{program}: {said[:500]}")
