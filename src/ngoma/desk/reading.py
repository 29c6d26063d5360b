"""How reports are read: what is in use, what it learned, how right it is for whom, what fell."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from msgspec.structs import astuple

from ngoma.casework.errors import NotAllowed
from ngoma.desk import viewing
from ngoma.desk.site import Desk, page, show
from ngoma.look import formats, slices
from ngoma.look.tables import as_file
from ngoma.proposals import alone, in_use, quality
from ngoma.proposals.quality import BY, Figures, Slice, Sums
from ngoma.records.models import Learned

TRAININGS = 10
_ROWS = 40
TITLES = {
    "language": gettext_lazy("By language"),
    "channel": gettext_lazy("By channel"),
    "place": gettext_lazy("By place"),
    "service": gettext_lazy("By service"),
    "proposal": gettext_lazy("By what was proposed"),
}


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The figures of the last day that was measured; with `csv` one table of them as a file."""
    if not desk.may_somewhere("oversee"):
        raise NotAllowed("oversee")
    measured = quality.newest(desk.book.id)
    if by := request.GET.get("csv", ""):
        if by not in BY or measured is None:
            raise Http404(by)
        return _file(desk, by, measured.figures)
    context = {
        "measured": measured,
        **(_shown(desk, measured.figures) if measured else {}),
        "titles": TITLES,
        "kept": viewing.beside(desk, "reading", {}),
        "files": {by: desk.url("reading/", csv=by) for by in BY},
        "alone": [(desk.service(each), *rest) for each, *rest in alone.standing(desk.book)],
        "least": alone.ENOUGH,
        "precision": alone.PRECISION,
        "used": in_use.training_in_use(desk.book.id),
        "used_now": {in_use.number_in_use(desk.book.id, task) for task in Learned.Task},
        "trainings": in_use.trainings(desk.book.id, TRAININGS),
        "share": formats.share,
    }
    return show(request, desk, "reading", context)


def _shown(desk: Desk, figures: Figures) -> dict[str, Any]:
    """The figures by names."""
    alarms = [(slices.name(desk, by, each.key), each) for by, each in figures.alarms]
    tables = {by: _named(desk, by, found[:_ROWS]) for by, found in figures.by.items()}
    return {"whole": figures.whole.now, "alarms": alarms, "tables": tables}


def _named(desk: Desk, by: str, found: list[Slice]) -> list[tuple[str, Slice]]:
    return [(slices.name(desk, by, each.key), each) for each in found]


def _file(desk: Desk, by: str, figures: Figures) -> HttpResponse:
    before = [f"{name}_before" for name in Sums.__struct_fields__]
    titles = (by, "name", *Sums.__struct_fields__, *before, "fell", "late")
    return as_file(f"{desk.book.slug}-reading-{by}", titles, _cells(desk, by, figures.by[by]))


def _cells(desk: Desk, by: str, found: list[Slice]) -> Iterator[list[object]]:
    for name, each in _named(desk, by, found):
        counts = [*astuple(each.now), *astuple(each.before)]
        yield [each.key, name, *counts, int(each.fell), int(each.late)]
