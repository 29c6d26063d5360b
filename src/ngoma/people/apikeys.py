"""Keys of programs that may write: through Open311, where only the hash of a key is kept, or as the
bridge of another messenger, whose key signs both ways and is kept sealed."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ngoma.base.clock import now
from ngoma.base.signatures import new_secret
from ngoma.people.sealing import seal, unseal
from ngoma.records.models import ApiKey


def digest(key: str) -> str:
    """What is stored of a key: keys are long and random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def create(
    city_id: int,
    *,
    name: str,
    key: str = "",
    reports: bool = True,
    updates: bool = False,
    expires_at: datetime | None = None,
) -> str:
    """Add a key of a program; returns it, for the last time. `reports`: it may hand requests in;
    `updates`: it may change cases."""
    key = key or _new()
    ApiKey.objects.create(
        city_id=city_id,
        name=name,
        digest=digest(key),
        reports=reports,
        updates=updates,
        created_at=now(),
        expires_at=expires_at,
    )
    return key


def create_bridge(
    city_id: int, *, name: str, url: str = "", expires_at: datetime | None = None
) -> str:
    """Add the key of a bridge; returns it, for the last time. What is said to the people behind the
    bridge is posted to `url`; without one they are told nothing."""
    key = new_secret()
    with transaction.atomic():
        row = ApiKey.objects.create(
            city_id=city_id,
            name=name,
            digest=digest(key),
            reports=False,
            messages=True,
            url=url,
            created_at=now(),
            expires_at=expires_at,
        )
        row.secret = seal(key, _sealed_for(row))
        row.save(update_fields=["secret"])
    return key


def rotate(row: ApiKey, *, overlap: timedelta) -> str:
    """Give a program another key, and return that; the present one counts as well for a while.

    It is the same program as before: what it handed in stays its own.
    """
    key = new_secret() if row.messages else _new()
    row.former, row.former_until = row.digest, now() + overlap
    row.digest = digest(key)
    if row.messages:
        row.former_secret, row.secret = row.secret, seal(key, _sealed_for(row))
    row.save(update_fields=["digest", "former", "former_until", "secret", "former_secret"])
    return key


def bridges(city_id: int) -> list[ApiKey]:
    """The bridges of a city whose keys count now."""
    rows = ApiKey.objects.filter(city=city_id, messages=True, revoked_at=None).order_by("pk")
    return [each for each in rows if usable(each)]


def secrets_of(bridge: ApiKey) -> list[str]:
    """The keys with which a bridge signs now, the newest first. Raises `Sealed`."""
    sealed = [bridge.secret]
    if bridge.former_until and bridge.former_until > now():
        sealed.append(bridge.former_secret)
    return [unseal(bytes(each), _sealed_for(bridge)) for each in sealed if each is not None]


def find(city_id: int, key: str) -> ApiKey | None:
    """The key, whether it still counts or not: see `usable`."""
    shown = digest(key)
    known = ApiKey.objects.filter(city=city_id)
    return known.filter(Q(digest=shown) | Q(former=shown, former_until__gt=now())).first()


def usable(key: ApiKey, at: datetime | None = None) -> bool:
    """Whether the key is neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > (at or now()))


def note_use(key: ApiKey) -> None:
    """Remember on which day the key was last shown, no more closely."""
    today = now().date()
    if key.used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(used_on=today)


def _sealed_for(row: ApiKey) -> str:
    return f"key {row.pk}"


def _new() -> str:
    return secrets.token_urlsafe(24)
