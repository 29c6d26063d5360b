"""A process says whether it lives and whether it can answer, to whoever asks by whatever name."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from ngoma.cities import book
from ngoma.watch import health


@pytest.fixture(autouse=True)
def _unchecked() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


def test_a_process_that_lives_needs_no_database(client: Client) -> None:
    """The fixture `db` is not asked for, so a question to the database would fail here."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


@pytest.mark.django_db
def test_ready_is_who_has_a_database_with_all_tables(client: Client) -> None:
    for _ in range(2):
        answer = client.get("/readyz", SERVER_NAME="10.1.2.3")
        assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_tables_of_an_older_release_are_told(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0036_checkpoint_late'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"migrations that are not applied: 1; run `ngoma migrate`\n"


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_told_without_its_address(
    client: Client, monkeypatch: Any, checked: bool
) -> None:
    if checked:
        assert client.get("/readyz").status_code == 200
    book.forget()
    connection.close()
    away = "/nowhere" if connection.vendor == "postgresql" else "/nowhere/db.sqlite3"
    key = "HOST" if connection.vendor == "postgresql" else "NAME"
    monkeypatch.setitem(connections["default"].settings_dict, key, away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
    assert client.get("/healthz").status_code == 200
    connection.close()


def test_pages_allow_no_foreign_or_inline_script(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
