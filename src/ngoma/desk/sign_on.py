"""Single sign-on: the city's own identity provider says who somebody is, never what they may.

Only who was added here already comes in, and by a mail address that the provider has verified.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from ngoma.desk.site import say
from ngoma.records.models import User

PROVIDER = "city"


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in whom the provider names and the installation knows."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody is added by signing on."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the user by their verified address, once; later by the provider's own id of them."""
        if sociallogin.is_existing:
            return
        user = _known(sociallogin.account.extra_data)
        if user is None:
            raise ImmediateHttpResponse(_refused(request))
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_more: Any) -> None:
        """The provider, or the person, said no."""
        raise ImmediateHttpResponse(_refused(request))


def address() -> str:
    """Where one signs on; empty where no provider is set."""
    if not settings.NGOMA_OIDC_URL:
        return ""
    return reverse("openid_connect_login", kwargs={"provider_id": PROVIDER})


def _known(told: dict[str, Any]) -> User | None:
    """The one active user with the address, if the provider has verified it."""
    for claims in (told.get("userinfo", {}), told.get("id_token", {}), told):
        if claims.get("email") and claims.get("email_verified") is True:
            found = User.objects.filter(email__iexact=claims["email"], is_active=True)[:2]
            return found[0] if len(found) == 1 else None
    return None


def _refused(request: HttpRequest) -> HttpResponse:
    name = settings.NGOMA_OIDC_NAME
    told = gettext("%(name)s did not tell us who you are, or you have no account here.")
    say(request, told % {"name": name}, tone="sun")
    return HttpResponseRedirect("/desk/login/")
