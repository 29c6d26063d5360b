"""Holding a case while one reads it: others see who does, and may take it over."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ngoma.base.clock import now
from ngoma.casework.errors import NotAllowed
from ngoma.desk import choosing
from ngoma.desk.site import Desk, page, say
from ngoma.records.queries import holds
from ngoma.records.queries.casefiles import Head

LASTS = timedelta(minutes=2)
"""Since somebody last showed that they are still there."""


def hold(desk: Desk, head: Head) -> str:
    """Hold a case that one may decide; the name of who holds it already, if somebody does."""
    if not desk.may("accept", head.department_id):
        return other(desk, head.id)
    at = now()
    found = holds.take(head.id, desk.user.pk, at=at, until=at + LASTS)
    return found.name if found else ""


def other(desk: Desk, case_id: int) -> str:
    """The name of a colleague who holds the case; empty for nobody and for oneself."""
    found = holds.holder(case_id, now())
    return found.name if found and found.user_id != desk.user.pk else ""


def held_by_others(desk: Desk) -> dict[str, str]:
    """Names of the colleagues who hold cases of the city, by reference."""
    found = holds.of_city(desk.book.id, now())
    return {key: each.name for key, each in found.items() if each.user_id != desk.user.pk}


@page
@require_POST
def take_over(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Take a case from a colleague, who sees it happen."""
    head = desk.case(reference)
    if not desk.may("accept", head.department_id):
        raise NotAllowed("accept")
    holds.release(head.id)
    hold(desk, head)
    say(request, gettext("You hold it now."))
    chosen = choosing.choice(request, desk)
    return HttpResponseRedirect(desk.url("", case=reference, **chosen.given))
