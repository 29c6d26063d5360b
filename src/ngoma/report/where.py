"""Where it came from: the map, the districts beside their people, and those that are silent."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from ngoma.base.quad import Tile, middle, spot
from ngoma.insight.monthly import CELLS_ZOOM
from ngoma.look import formats
from ngoma.look.frames import Frame, around_all
from ngoma.look.outlines import Outline, outlines, whole
from ngoma.report.document import (
    Bar,
    Cell,
    Chapter,
    Column,
    Label,
    Map,
    Piece,
    Shape,
    Table,
    Text,
    Title,
    Words,
)
from ngoma.report.telling import Telling, number, public, rate, tellable

MOST = 40
"""Districts in the table."""
WIDTH, HEIGHT = 470, 250
"""Of the map, in points."""
SHADES = 5
DARK = 4
"""The shade from which on names are light."""


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    return Chapter(_("Where"), [*_map(telling), *_districts(telling), *_silent(telling)])


def _map(telling: Telling) -> Iterator[Piece]:
    """The districts where their outlines are known; else the cells that reports came from."""
    drawn = outlines(telling.book)
    if drawn:
        yield _by_district(telling, drawn)
        yield Words(
            _("Where few came, and where that could be reckoned, nothing is shaded."), "note"
        )
        return
    cells = {key: count for key, count in tellable(telling.month.cells).items() if count}
    if cells:
        yield _by_cell(telling, cells)
        yield Words(
            _(
                "No outlines of districts are known. A square is some hundred metres wide; where "
                "few came there is none. Kinds of reports whose place is private are left out."
            ),
            "note",
        )


def _by_district(telling: Telling, drawn: Sequence[Outline]) -> Map:
    frame = whole(telling.book, WIDTH, HEIGHT)
    rates, counts = telling.month.rates, tellable(telling.month.came.districts)
    by_head = all(each.place.code in rates for each in drawn)
    values = {
        each.place.code: rates[each.place.code].reports if by_head else counts[each.place.code]
        for each in drawn
        if counts.get(each.place.code)
    }
    steps = _steps(list(values.values()))
    shapes, names = [], []
    for each in drawn:
        value = values.get(each.place.code)
        shade = None if value is None else _shade(value, steps)
        shapes += [Shape([frame.place(*point) for point in ring], shade) for ring in each.rings]
        x, y = frame.place(*each.middle)
        light = shade is not None and shade >= DARK
        names.append(Label(telling.text(each.place.names), x, y, light=light))
    what = _("Reports per 1,000 people") if by_head else _("Reports")
    alt = _("A map of the districts, shaded by: %(what)s. The table below says the same.")
    return Map(
        alt % {"what": what}, what, WIDTH, HEIGHT, grid=False, shapes=shapes, names=names,
        legend=_legend(steps),
    )  # fmt: skip


def _by_cell(telling: Telling, cells: dict[int, int]) -> Map:
    tiles = {key: Tile(CELLS_ZOOM, *spot(*middle(key, CELLS_ZOOM), CELLS_ZOOM)) for key in cells}
    corners = [tile.point(x, y) for tile in tiles.values() for x, y in ((0, 0), (1, 1))]
    frame = around_all(corners, WIDTH, HEIGHT)
    steps = _steps(list(cells.values()))
    return Map(
        _("A map of the squares that most reports came from; the darker, the more."),
        _("Reports"), WIDTH, HEIGHT, grid=True, names=[], legend=_legend(steps),
        shapes=[
            Shape(_square(frame, tile), _shade(cells[key], steps)) for key, tile in tiles.items()
        ],
    )  # fmt: skip


def _square(frame: Frame, tile: Tile) -> list[tuple[float, float]]:
    return [frame.place(*tile.point(x, y)) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]


def _steps(values: list[float]) -> list[float]:
    """Where shades begin: about as many values have each."""
    ordered = sorted(values)
    return sorted({ordered[len(ordered) * n // SHADES] for n in range(SHADES)}) if ordered else []


def _shade(value: float, steps: Sequence[float]) -> int:
    return sum(value >= each for each in steps) + SHADES - len(steps)


def _legend(steps: Sequence[float]) -> list[tuple[int, str]]:
    return [(_shade(each, steps), _("from %(n)s") % {"n": rate(each)}) for each in steps]


def _districts(telling: Telling) -> Iterator[Piece]:
    month = telling.month
    found = public(month.came.districts, MOST)
    largest = max(found.told.values(), default=1)
    before = tellable(month.before.districts) if month.before else {}
    columns = [
        Column(_("District"), 4, right=False),
        Column("", 3, right=False),
        Column(_("Reports")),
    ]
    columns += [Column(telling.month_name(1))] if month.before else []
    if month.rates:
        columns += [
            Column(_("Residents")),
            Column(_("per 1,000 people")),
            Column(_("range of chance")),
        ]
    rows: list[list[Cell]] = []
    for code, count in found.told.items():
        name = telling.called("district", code)
        row: list[Cell] = [Text(name), Bar(count / largest), number(count)]
        row += [number(before.get(code))] if month.before else []
        rows.append(row + (_by_head(telling, code) if month.rates else []))
    if found.kinds:
        others = _("%(n)s others") % {"n": formats.number(found.kinds)}
        rest: list[Cell] = [Text(others), Text(""), number(found.rest)]
        rows.append(rest + [Text("")] * (len(columns) - len(rest)))
    yield Title(_("By district"))
    yield Table(columns, rows)


def _by_head(telling: Telling, code: str) -> list[Cell]:
    known = telling.month.rates.get(code)
    if known is None:
        return [number(None), number(None), Text("")]
    span = _("%(low)s to %(high)s") % {
        "low": rate(known.low),
        "high": rate(known.high),
    }
    return [number(known.people), Text(rate(known.reports)), Text(span)]


def _silent(telling: Telling) -> Iterator[Piece]:
    """Where nobody reported anything: silence is no proof that nothing is wrong."""
    book, came = telling.book, telling.month.came.districts
    parents = {book.places[each].parent_id for each in book.districts}
    quiet = [book.places[each] for each in book.districts if each not in parents]
    names = [telling.text(each.names) for each in quiet if not came.get(each.code)]
    if names:
        said = _("No report came from: %(places)s. That is no proof that nothing is wrong there.")
        yield Words(said % {"places": ", ".join(names)})
    elif quiet:
        yield Words(_("From every district at least one report came."))
    if book.private_services:
        said = _("Kinds of problems whose place is private are counted in no district.")
        yield Words(said, "note")
    if not telling.month.rates:
        said = _(
            "How many people live in a district is not known here, so nothing is told by head."
        )
        yield Words(said, "note")
