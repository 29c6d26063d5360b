"""Where one is signed in, and ending what one does not know."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.desk.languages import language_of
from ngoma.desk.naming import ago
from ngoma.desk.site import private, said, say, sign_in
from ngoma.people import sessions
from ngoma.records.models import User


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """The sessions of whoever asks."""
    if not isinstance(request.user, User):
        return sign_in(request)
    language = language_of(request, request.user, ())
    with translation.override(language):
        context = {
            "seats": sessions.of_user(request.user),
            "here": request.session.session_key,
            "ago": ago,
            "language": language,
            "notices": said(request),
        }
        return private(render(request, "desk/seats.html.jinja", context))


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one session, or all others."""
    if not isinstance(request.user, User):
        return sign_in(request)
    number = request.POST.get("seat", "")
    only = int(number) if number.isdecimal() and len(number) < 19 else None
    if number and only is None:
        return HttpResponseRedirect("/desk/account/sessions/")
    with translation.override(language_of(request, request.user, ())):
        count = sessions.end(request.user, only=only, but=request.session.session_key or "")
        if count:
            say(request, gettext("Signed out there."))
    return HttpResponseRedirect("/desk/account/sessions/")
