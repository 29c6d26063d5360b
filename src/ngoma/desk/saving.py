"""Choices of the queue that somebody keeps under names of their own."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ngoma.base.characters import clean
from ngoma.desk import choosing
from ngoma.desk.site import Desk, page, say
from ngoma.records.models import SavedFilter
from ngoma.records.queries.members import filters

MOST = 20
"""As many choices one may keep in a city."""


class Saved(NamedTuple):
    """A kept choice, and whether it is the one that is shown."""

    id: int
    name: str
    url: str
    here: bool


def saved(desk: Desk, chosen: choosing.Choice) -> list[Saved]:
    """What this person has kept, by name."""
    found = []
    for number, name, query in filters(desk.user.pk, desk.book.id, MOST):
        kept = choosing.read(desk, query)
        found.append(Saved(number, name, desk.url("", **kept.given), kept == chosen))
    return found


@page
@require_POST
def keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the choice that is shown; under a name that is known already it takes its place."""
    chosen = choosing.choice(request, desk)
    name = clean(request.POST.get("name", ""))[:60]
    own = SavedFilter.objects.filter(user=desk.user, city=desk.book.id)
    if not name or not chosen.given:
        say(request, gettext("Choose something and give it a name first."), tone="sun")
    elif own.exclude(name=name).count() >= MOST:
        say(request, gettext("You keep as many as there can be: drop one first."), tone="sun")
    else:
        own.update_or_create(
            user=desk.user, city_id=desk.book.id, name=name, defaults={"query": chosen.query}
        )
        say(request, gettext("Kept as “%(name)s”.") % {"name": name})
    return HttpResponseRedirect(desk.url("", **chosen.given))


@page
@require_POST
def drop(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Keep it no longer."""
    SavedFilter.objects.filter(user=desk.user, city=desk.book.id, pk=number).delete()
    say(request, gettext("Dropped."))
    return HttpResponseRedirect(desk.url("", **choosing.choice(request, desk).given))
