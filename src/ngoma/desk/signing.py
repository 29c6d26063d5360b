"""Coming in and going out, the city and language to work in, and patience with wrong passwords."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth import forms, views
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.senders import network
from ngoma.cities.book import UnknownCity, book_of, text
from ngoma.desk import sign_on
from ngoma.desk.factors import enter
from ngoma.desk.languages import LANGUAGES, language_of
from ngoma.desk.site import private, said, sign_in
from ngoma.records.models import Membership, User

TRIES = 10
WAIT_SECONDS = 600
"""After so many wrong passwords an account, or a sender, waits so long."""


class LoginForm(forms.AuthenticationForm):
    """The login, which refuses for a while after too many wrong passwords."""

    def clean(self) -> Any:
        """Raise `ValidationError` where name or password are wrong, or the wait is not over."""
        if any(cache.get(key, 0) >= TRIES for key in self._keys()):
            raise ValidationError(
                gettext("Too many wrong passwords. Please wait ten minutes, then try again."),
                code="wait",
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            for key in self._keys():
                cache.add(key, 0, WAIT_SECONDS)
                cache.incr(key)
            raise ValidationError(
                gettext("Name or password are not right. Please try again."), code="wrong"
            ) from None
        cache.delete(self._keys()[0])
        return cleaned

    def _keys(self) -> tuple[str, str]:
        """Of the account and of the sender; neither can be read back from its key."""
        assert self.request is not None
        name = str(self.cleaned_data.get("username", "")).casefold()
        return _key("name", name), _key("sender", _sender(self.request))


class Login(views.LoginView):
    """The login page."""

    template_name = "desk/login.html.jinja"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """In the language of the reader, and never kept."""
        with translation.override(language_of(request, None, ())):
            answer = super().dispatch(request, *args, **kwargs)
            if hasattr(answer, "render"):
                answer.render()
        return private(answer)  # type: ignore[arg-type]

    def form_valid(self, form: forms.AuthenticationForm) -> HttpResponse:
        """The password was right: the second factor is next, where there is one."""
        user = form.get_user()
        assert isinstance(user, User)
        return enter(self.request, user, to=self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs."""
        known = {
            "language": translation.get_language(),
            "sign_on": sign_on.address(),
            "sign_on_name": settings.NGOMA_OIDC_NAME,
            "notices": said(self.request),
        }
        return super().get_context_data(**kwargs) | known


@require_safe
def to_settings(request: HttpRequest) -> HttpResponse:
    """The settings have no login of their own; who may not change them is told so."""
    if isinstance(request.user, User):
        raise PermissionDenied
    return HttpResponseRedirect("/desk/login/?next=/admin/")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The desk of the only city one works for, else a choice of them."""
    if not isinstance(request.user, User):
        return sign_in(request)
    ids = Membership.objects.filter(user=request.user).values_list("city", flat=True).distinct()
    known = [each for each in map(_book, ids) if each is not None]
    if len(known) == 1:
        return HttpResponseRedirect(f"/desk/{known[0].slug}/")
    language = language_of(request, request.user, ())
    cities = [(each.slug, text(each.names, language)) for each in known]
    with translation.override(language):
        context = {"cities": cities, "language": language}
        return private(render(request, "desk/cities.html.jinja", context))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the desk."""
    if not isinstance(request.user, User):
        return sign_in(request)
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        User.objects.filter(pk=request.user.pk).update(language=wanted)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if safe else "/desk/")


def _book(city_id: int) -> Any:
    try:
        return book_of(city_id)
    except UnknownCity:
        return None


def _sender(request: HttpRequest) -> str:
    return network(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        behind_proxy=settings.NGOMA_BEHIND_PROXY,
    )


def _key(kind: str, what: str) -> str:
    secret = settings.SECRET_KEY.encode()
    return f"login-{kind}-" + hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()
