"""How reports are read, for everybody: what the program does, never does, learned, and how well.

What an algorithm register asks for, as a page and as JSON.
"""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from ngoma.look import formats, slices
from ngoma.proposals import alone, in_use, quality
from ngoma.proposals.quality import PERIOD, Measured, Slice
from ngoma.public.site import Site, from_replica, page, show

LEAST = 20
"""Reports below which nothing is said of a slice: it would tell of single ones."""

BY = ("language", "channel", "place")


@require_safe
@page
@from_replica
def how(request: HttpRequest, site: Site) -> HttpResponse:
    """The page."""
    measured = quality.newest(site.book.id)
    context = {
        "used": in_use.training_in_use(site.book.id),
        "measured": measured,
        "tables": _tables(site, measured) if measured else {},
        "least": LEAST,
        "alone": [site.service(each) for each, today, _ in alone.standing(site.book) if today],
        "part": part,
    }
    return show(request, site, "reading", context, page="how-reports-are-read")


@require_safe
@page
@from_replica
def figures(request: HttpRequest, site: Site) -> HttpResponse:
    """The same figures for programs."""
    used = in_use.training_in_use(site.book.id)
    measured = quality.newest(site.book.id)
    found: dict[str, Any] = {
        "city": site.book.slug,
        "model": f"learned-{used.pk}" if used else "keywords",
        "learned_from_decisions": used.decisions if used else 0,
        "measured_at": measured.at.isoformat() if measured else None,
        "days": PERIOD.days,
        "accepted_alone": sorted(
            site.book.services[each].code for each, today, _ in alone.standing(site.book) if today
        ),
    }
    if measured:
        found["all"] = msgspec.to_builtins(measured.figures.whole.now)
        for by, rows in _tables(site, measured).items():
            found[by] = [
                {"key": each.key, "name": name} | msgspec.to_builtins(each.now)
                for name, each in rows
            ]
    return JsonResponse(found)


def part(count: int, of: int) -> str:
    """What was so, in percent; a dash where too few were asked."""
    return formats.percent(count / of) if of >= LEAST else "–"


def _tables(site: Site, measured: Measured) -> dict[str, list[tuple[str, Slice]]]:
    """The slices that are large enough, by their names."""
    return {
        by: [
            (slices.name(site, by, each.key), each)
            for each in measured.figures.by[by]
            if max(each.now.decided, each.now.due) >= LEAST
        ]
        for by in BY
    }
