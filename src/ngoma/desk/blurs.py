"""What is blurred in a photo: the page where somebody sees it and changes it.

The photo lies under a grid of boxes to tick, so that no script is needed; what was found or marked
before is a box of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ngoma.casework.errors import NotAllowed
from ngoma.casework.redacting import WHOLE
from ngoma.desk.sheets import sheet
from ngoma.desk.site import Desk, page, show
from ngoma.records.queries.photos import inside_url

COLUMNS, ROWS = 16, 12


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the photo to tick: its value in the form, where it lies, and its name."""

    area: Sequence[int]
    name: str

    @property
    def value(self) -> str:
        """As `areas.marked` reads it."""
        return ",".join(map(str, self.area))


@page
@require_safe
def view(request: HttpRequest, desk: Desk, reference: str, number: int) -> HttpResponse:
    """A photo with what is blurred in it, to change."""
    head = desk.case(reference)
    if not desk.may_do("redact", head.id, head.department_id):
        raise NotAllowed("redact")
    known = sheet(desk, head)
    photo = next((each for each in known.file.photos if each.id == number), None)
    if photo is None:
        raise Http404(str(number))
    context = {
        "sheet": known,
        "trouble": None,
        "photo": photo,
        "picture": inside_url(photo.name),
        "known": [
            Box(area, gettext("Area %(number)s") % {"number": place})
            for place, area in enumerate(photo.blurs or (), 1)
        ],
        "cells": list(_cells()),
    }
    return show(request, desk, "blurs", context)


def _cells() -> Iterator[Box]:
    for row in range(ROWS):
        for column in range(COLUMNS):
            left, right = (WHOLE * each // COLUMNS for each in (column, column + 1))
            top, bottom = (WHOLE * each // ROWS for each in (row, row + 1))
            name = gettext("Row %(row)s, column %(column)s")
            place = {"row": row + 1, "column": column + 1}
            yield Box((left, top, right - left, bottom - top), name % place)
