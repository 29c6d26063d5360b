"""Areas of a photo as a form brings them: what was found before, and cells of a grid."""

from collections.abc import Iterator, Sequence

from django.http import QueryDict

from ngoma.casework.errors import BadRequest

Area = tuple[int, ...]
"""Left, top, width and height, in thousandths of the photo's."""


def marked(form: QueryDict) -> list[Area]:
    """The areas that are ticked; cells that touch in a row are one. Raises `BadRequest`."""
    areas = [_area(value) for value in form.getlist("area")]
    return areas + list(_joined(sorted(map(_area, form.getlist("cell")), key=_by_row)))


def _area(value: str) -> Area:
    try:
        area = tuple(int(part) for part in value.split(","))
    except ValueError:
        raise BadRequest("areas", "unknown") from None
    if len(area) != 4:
        raise BadRequest("areas", "unknown")
    return area


def _by_row(area: Area) -> tuple[int, int]:
    return area[1], area[0]


def _joined(cells: Sequence[Area]) -> Iterator[Area]:
    run: Area | None = None
    for left, top, width, height in cells:
        if run is not None and (run[1], run[3], run[0] + run[2]) == (top, height, left):
            run = (run[0], top, run[2] + width, height)
            continue
        if run is not None:
            yield run
        run = (left, top, width, height)
    if run is not None:
        yield run
