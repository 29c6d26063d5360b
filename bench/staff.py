"""The people and programs that use the made-up city."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from ngoma.people import apikeys
from ngoma.records.models import Membership, Role, User

KEY = "bench-key"
NAME = "bench"


def hire(city_id: int) -> User:
    """A coordinator of the city, who has done all of its work; and a program with a key."""
    user = User.objects.create(username=NAME)
    Membership.objects.create(user=user, city_id=city_id, role=Role.COORDINATOR)
    apikeys.create(city_id, name="bench", key=KEY)
    return user


def session() -> str:
    """A new session of the coordinator, as the cookie holds it."""
    user = User.objects.get(username=NAME)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
