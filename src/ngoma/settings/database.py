"""Which database: SQLite in the data directory, or what DATABASE_URL names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ngoma.settings.table import SettingError

# WAL lets readers go on while one writes; FULL has a commit on disk before the answer leaves.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -2000",  # kB for each thread of each process: the system has a cache too
    "PRAGMA secure_delete = ON",  # what is erased is overwritten
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
)

# A server that is cut off answers nothing, not even that: without these a query would wait for it
# for a quarter of an hour, or for ever.
_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    # The same for the server: of a host that is cut off it would keep transactions open, with their
    # locks, for two hours.
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=20000",
}

_OFTEN = 5
"""A connection asks so often before the server keeps how it answers: most of a small question is
its planning. `prepare=no` in the address is for poolers that hand each question to another server
connection."""

_OF_A_REPLICA = _PATIENCE | {"connect_timeout": "2", "tcp_user_timeout": "2000"}
"""Nobody waits long for it: the primary can be asked instead."""


def database(
    url: str, data: Path, pool: int = 0, patience: Mapping[str, str] = _PATIENCE
) -> dict[str, Any]:
    """Django's settings of the database at `url`; of `data`/db.sqlite3 when `url` is empty."""
    if not url:
        return _sqlite(data / "db.sqlite3")
    if url.startswith("sqlite:///"):
        return _sqlite(Path(url.removeprefix("sqlite:///")))
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingError("DATABASE_URL must start with postgresql:// or sqlite:///")
    options: dict[str, Any] = {**patience} | dict(parse_qsl(parts.query, keep_blank_values=True))
    prepare = options.pop("prepare", "yes") != "no"
    options |= {"server_side_binding": True, "prepare_threshold": _OFTEN if prepare else None}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5.0}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": parts.port or options.pop("port", ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def databases(url: str, data: Path, pool: int, replica: str) -> dict[str, dict[str, Any]]:
    """Django's settings of all databases: that of `database`, and its read replica if one is
    named."""
    found = {"default": database(url, data, pool)}
    if replica:
        if not all(each.startswith(("postgres://", "postgresql://")) for each in (url, replica)):
            raise SettingError("NGOMA_REPLICA_URL is the replica of a PostgreSQL at DATABASE_URL")
        found["replica"] = _replica(database(replica, data, pool, _OF_A_REPLICA))
    return found


def _replica(found: dict[str, Any]) -> dict[str, Any]:
    """A server that only reads."""
    options = found["OPTIONS"]
    given = options.get("options", "")
    options["options"] = f"{given} -c default_transaction_read_only=on".strip()
    if "pool" in options:
        options["pool"] |= {"timeout": 2.0}
    return found | {"CONN_HEALTH_CHECKS": False}


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "ngoma.records.sql.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A transaction takes the write lock at its start: none fails half-way for a busy one.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "; ".join(_PRAGMAS),
        },
    }
