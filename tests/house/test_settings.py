"""What can be set is read, refused with a reason, and shown without secrets."""

from pathlib import Path

import pytest

from ngoma.settings.database import _PATIENCE, database, databases
from ngoma.settings.keys import read_or_make
from ngoma.settings.table import SETTINGS, SettingError, read_all


def test_every_setting_has_a_default_that_can_be_read() -> None:
    assert {value.source for value in read_all({}).values()} == {"default"}


def test_setting_from_the_environment_wins() -> None:
    value = read_all({"NGOMA_THREADS": "9"})["NGOMA_THREADS"]
    assert (value.value, value.source) == (9, "environment")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NGOMA_THREADS", "many"),
        ("NGOMA_DEBUG", "maybe"),
        ("NGOMA_URL", "example.org"),
        ("NGOMA_IMAP_URL", "imaps://imap.example.org/INBOX"),
        ("NGOMA_IMAP_URL", "imaps://u:p@imap.example.org:99999"),
        ("NGOMA_IMAP_URL", "https://u:p@imap.example.org"),
    ],
)
def test_unreadable_setting_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} must be"):
        read_all({name: text})


def test_secrets_are_never_shown() -> None:
    given = {setting.name: "s3cret" for setting in SETTINGS if setting.secret}
    given["DATABASE_URL"] = "postgresql://ngoma:s3cret@db.example.org/city"
    given["NGOMA_IMAP_URL"] = "imaps://ngoma:s3cret@imap.example.org"
    shown = [value.shown for value in read_all(given).values()]
    assert not [text for text in shown if "s3cret" in text]
    assert "postgresql://…@db.example.org/city" in shown


def test_postgresql_url_is_taken_apart() -> None:
    taken = database("postgresql://a:p%40ss@db:5433/city?sslmode=require", Path("/d"))
    assert {key: taken[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "city",
        "USER": "a",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": 5433,
        "OPTIONS": _PATIENCE
        | {"sslmode": "require", "server_side_binding": True, "prepare_threshold": 5},
    }
    asked = "postgresql://db/city?connect_timeout=60&tcp_user_timeout=0"
    options = database(asked, Path("/d"))["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == ("60", "0")
    assert database("postgresql://db/city?options=", Path("/d"))["OPTIONS"]["options"] == ""
    pooled = database("postgresql://db/city?prepare=no", Path("/d"))["OPTIONS"]
    assert pooled["prepare_threshold"] is None
    assert "prepare" not in pooled


def test_pool_and_persistent_connections_exclude_each_other() -> None:
    assert database("postgresql:///c", Path("/d"))["CONN_MAX_AGE"] is None
    assert database("postgresql:///c", Path("/d"), pool=4)["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize(
    ("url", "replica"),
    [
        ("", "postgresql://r/city"),
        ("sqlite:////d/db", "postgresql://r/city"),
        ("postgresql://h/city", "r"),
    ],
)
def test_a_replica_is_one_of_postgresql(url: str, replica: str) -> None:
    with pytest.raises(SettingError, match="NGOMA_REPLICA_URL is the replica of a PostgreSQL"):
        databases(url, Path("/d"), 0, replica)


def test_a_replica_only_reads_and_keeps_nobody_waiting() -> None:
    found = databases("postgresql://h/city", Path("/d"), 4, "postgresql://r/city?options=-c%20a=b")
    assert found["default"]["HOST"] == "h"
    assert "read_only" not in found["default"]["OPTIONS"]["options"]
    assert found["replica"]["HOST"] == "r"
    options = found["replica"]["OPTIONS"]
    assert options["options"] == "-c a=b -c default_transaction_read_only=on"
    assert (options["connect_timeout"], options["pool"]["timeout"]) == ("2", 2.0)


def test_unknown_database_is_refused() -> None:
    with pytest.raises(SettingError, match="DATABASE_URL must start with"):
        database("mysql://h/d", Path("/d"))


def test_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    first = read_or_make(path)
    assert len(first) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_or_make(path) == first
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]
