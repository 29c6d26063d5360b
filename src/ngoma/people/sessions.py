"""The sessions of staff: noted when they begin, listed, and ended."""

from datetime import timedelta
from functools import lru_cache

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from ngoma.base.clock import now
from ngoma.records.models import SignIn, User

SEEN_EVERY = timedelta(minutes=10)
_BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")


def device(user_agent: str) -> str:
    """Browser and system, as far as a browser tells: `Firefox, Windows`."""
    browser = next((each for each in _BROWSERS if each in user_agent), "")
    system = next((each for each in _SYSTEMS if each in user_agent), "")
    return ", ".join(filter(None, (_NAMES.get(browser, browser), system)))


def begin(user: User, session: str, user_agent: str) -> None:
    """Note that somebody has signed in."""
    at = now()
    known = {"user": user, "device": device(user_agent), "at": at, "seen_at": at}
    SignIn.objects.update_or_create(session=session, defaults=known)


def seen(session: str) -> None:
    """Note that somebody is still there."""
    _note(session, int(now().timestamp() // SEEN_EVERY.total_seconds()))


@lru_cache(maxsize=4096)
def _note(session: str, _period: int) -> None:
    """A process writes it once in each period, however much somebody does at the desk."""
    SignIn.objects.filter(session=session).update(seen_at=now())


def alive() -> "QuerySet[SignIn]":
    """The sessions that have neither ended nor expired."""
    going = Session.objects.filter(expire_date__gt=now()).values("session_key")
    return SignIn.objects.filter(session__in=going)


def of_user(user: User) -> list[SignIn]:
    """Where somebody is signed in, the latest first; what has expired is forgotten."""
    known = SignIn.objects.filter(user=user)
    known.exclude(pk__in=alive().values("pk")).delete()
    return list(known.order_by("-seen_at"))


def end(user: User, *, only: int | None = None, but: str = "") -> int:
    """End sessions of somebody: one by its number, or all except `but`. Returns how many."""
    chosen = SignIn.objects.filter(user=user).exclude(session=but)
    if only is not None:
        chosen = chosen.filter(pk=only)
    keys = list(chosen.values_list("session", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    chosen.delete()
    return len(keys)
