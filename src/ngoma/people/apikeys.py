"""Keys of programs that may write through Open311. Only the hash of a key is kept."""

import hashlib
import secrets
from datetime import datetime

from ngoma.base.clock import now
from ngoma.records.models import ApiKey


def digest(key: str) -> str:
    """What is stored of a key: keys are long and random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def create(
    city_id: int,
    *,
    name: str,
    key: str = "",
    updates: bool = False,
    expires_at: datetime | None = None,
) -> str:
    """Add a key of a program; returns it, for the last time. `updates`: it may change cases."""
    key = key or secrets.token_urlsafe(24)
    ApiKey.objects.create(
        city_id=city_id,
        name=name,
        digest=digest(key),
        updates=updates,
        created_at=now(),
        expires_at=expires_at,
    )
    return key


def find(city_id: int, key: str) -> ApiKey | None:
    """The key, whether it still counts or not: see `usable`."""
    return ApiKey.objects.filter(city=city_id, digest=digest(key)).first()


def usable(key: ApiKey, at: datetime | None = None) -> bool:
    """Whether the key is neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > (at or now()))
