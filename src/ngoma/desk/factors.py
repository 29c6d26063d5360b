"""The second factor: an authenticator app, a security key, recovery codes; and who needs one.

The pages themselves are those of a library, in the desk's own look.
"""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, password_set
from allauth.account.utils import perform_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from ngoma.desk.languages import language_of
from ngoma.people import sessions
from ngoma.people.vault import derived
from ngoma.records.models import Membership, User

PAGES = "/desk/account/"
_OPEN = (PAGES, "/desk/login/", "/desk/logout/", "/desk/language/")
_SHOWING = (f"{PAGES}2fa/reauthenticate/", f"{PAGES}2fa/webauthn/reauthenticate/")
_GUARDED = ("/desk/", "/admin/")
_FACTOR = "mfa"  # the library's name of it, where it notes how a session was let in


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps lie encrypted in the database, under the vault's key."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret. Raises `cryptography.fernet.InvalidToken` under another key."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls this installation."""
        return "Ngoma"


def enter(request: HttpRequest, user: User, *, to: str) -> HttpResponse:
    """Sign somebody in whose password was right: at once, or after their second factor."""
    answer: HttpResponse = perform_login(request, user, redirect_url=to)
    return answer


def needs_factor(user: User) -> bool:
    """Whether this installation lets somebody in by a second factor only."""
    needing = settings.NGOMA_SECOND_FACTOR
    if not needing:
        return False
    if "all" in needing or (user.is_superuser and "administrator" in needing):
        return True
    return Membership.objects.filter(user=user, role__in=needing).exists()


def guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: who needs a second factor gets nowhere at the desk before this very session has
    shown it; on other pages they are a stranger meanwhile."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(
            request.user, User
        ):
            return _spoken(request, get_response)
        inside = request.path.startswith(_GUARDED)
        if inside and request.session.session_key:
            sessions.seen(request.session.session_key)
        if request.path.startswith(_OPEN):
            return _at_the_door(request, request.user, get_response)
        if not needs_factor(request.user) or _shown(request, request.user):
            return _spoken(request, get_response)
        if inside:
            return _ask(request, "2fa/reauthenticate/" if is_mfa_enabled(request.user) else "2fa/")
        request.user = AnonymousUser()
        return _spoken(request, get_response)

    return guarded


def _ask(request: HttpRequest, way: str) -> HttpResponse:
    """Lead somebody to their factor, and back to where they wanted to go."""
    back = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{PAGES}{way}?{back}")


def _shown(request: HttpRequest, user: User) -> bool:
    """Whether a second factor was shown in this session."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == _FACTOR for record in records)


def _at_the_door(
    request: HttpRequest, user: User, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Pages on which factors are shown, set up and changed.

    Who has one shows it before anything else of the account, for a password alone may be stolen.
    Who sets their first one up has shown it, for it was tried out.
    """
    secured = is_mfa_enabled(user)
    closed = request.path.startswith(PAGES) and not request.path.startswith(_SHOWING)
    if secured and closed and not _shown(request, user):
        return _ask(request, "2fa/reauthenticate/")
    answer = _spoken(request, get_response)
    here = request.method == "POST" and request.user.is_authenticated
    if here and not secured and is_mfa_enabled(user):
        record_authentication(request, user, _FACTOR)
    return answer


def _spoken(
    request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """The library's pages speak the reader's language."""
    if not request.path.startswith(PAGES):
        return get_response(request)
    user = request.user if isinstance(request.user, User) else None
    with translation.override(language_of(request, user, ())):
        return get_response(request)


def _note(sender: Any, request: HttpRequest, user: User, **_more: Any) -> None:
    """A session has begun."""
    if request.session.session_key:
        sessions.begin(user, request.session.session_key, request.headers.get("User-Agent", ""))


for each in (user_logged_in, password_changed, password_set):
    # With a new password the session goes on under another key.
    each.connect(_note, dispatch_uid="ngoma.desk.factors")


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived("factor")))
