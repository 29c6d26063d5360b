"""What a report is made of: things that are said and things that are drawn, as `monthly.typ` wants
them. Everything is in words already; drawings hold numbers from 0 to 1 unless said otherwise."""

import msgspec

Point = tuple[float, float]


class Piece(msgspec.Struct, tag_field="kind", tag=str.lower, rename="kebab"):
    """Something on a page, one below the other."""


class Words(Piece):
    """A paragraph; its style is `body`, `item` of a list, or `note`."""

    text: str
    style: str = "body"


class Title(Piece):
    """What stands above pieces within a chapter."""

    text: str


class Tile(msgspec.Struct):
    """One figure, large."""

    name: str
    value: str
    told: str


class Tiles(Piece):
    """The few figures that matter most."""

    tiles: list[Tile]


class Days(Piece):
    """A number for each day as bars, with the range of what was expected behind. None: not told, or
    not known. `top` is the number at the upper edge."""

    alt: str
    bars: list[float | None]
    low: list[float | None]
    high: list[float | None]
    labels: list[str]
    rest: list[bool]
    top: float
    ticks: list[tuple[float, str]]
    legend: list[str]


class Line(msgspec.Struct):
    """Shares done over time, with the range they may lie in: time, low, high."""

    points: list[Point]
    band: list[tuple[float, float, float]]


class Curve(Piece):
    """One or two lines over the same time."""

    alt: str
    lines: list[Line]
    levels: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    legend: list[str]


class Panel(msgspec.Struct):
    """A small line with its name, and a few words below."""

    name: str
    points: list[Point]
    told: str


class Multiples(Piece):
    """Small lines side by side, each before the line of all."""

    alt: str
    panels: list[Panel]
    all: list[Point]
    legend: list[str]


class Shape(msgspec.Struct):
    """An area, by its corners in points from the top left; None: no shade is told."""

    points: list[Point]
    shade: int | None


class Label(msgspec.Struct):
    """A name on a map, at its middle; `light` on a dark ground."""

    text: str
    x: float
    y: float
    light: bool


class Map(Piece):
    """Areas by shade, in points; a `grid` where they are cells and not places. `what` is shaded."""

    alt: str
    what: str
    width: float
    height: float
    grid: bool
    shapes: list[Shape]
    names: list[Label]
    legend: list[tuple[int, str]]


class Column(msgspec.Struct):
    """The head of a column; `share` of what width is left, 0: as wide as it needs."""

    name: str
    share: int = 0
    right: bool = True


class Text(msgspec.Struct, tag_field="kind", tag="text"):
    """A cell with words; `strong` where it asks to be looked at."""

    text: str
    strong: bool = False


class Bar(msgspec.Struct, tag_field="kind", tag="bar"):
    """A cell with a bar."""

    at: float
    strong: bool = False


class Range(msgspec.Struct, tag_field="kind", tag="range"):
    """A cell with a share and the range it may lie in."""

    at: float
    low: float
    high: float


Cell = Text | Bar | Range


class Table(Piece):
    """Rows under their heads."""

    columns: list[Column]
    rows: list[list[Cell]]


class Chapter(msgspec.Struct, rename="kebab"):
    """Pieces under a title."""

    title: str
    blocks: list[Piece]
    new_page: bool = True


class Document(msgspec.Struct):
    """The report."""

    language: str
    fonts: list[str]
    title: str
    city: str
    kind: str
    month: str
    running: str
    standing: str
    spans: str
    summary: str
    emblem: str
    contents: str
    cover: list[Piece]
    chapters: list[Chapter]
