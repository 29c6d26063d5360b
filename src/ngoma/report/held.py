"""What did not hold: cases opened again, and repairs after which the same was reported."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from ngoma.insight.figures import Spot
from ngoma.look import formats
from ngoma.people.publicity import LEAST
from ngoma.report.document import Cell, Chapter, Column, Piece, Table, Text, Title, Words
from ngoma.report.telling import UNKNOWN, Telling, between, number, percent, ranged, tellable

MOST = 10
SPOTS = 6


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    blocks = [*_sentences(telling), *_services(telling), *_spots(telling)]
    return Chapter(_("What did not hold"), blocks)


def _sentences(telling: Telling) -> Iterator[Piece]:
    reopened, again = telling.month.figures.whole.work.reopened, telling.month.again
    said = []
    if reopened.whole >= LEAST and not reopened.part:
        said.append(_("No case that had ended was opened again."))
    elif reopened.part >= LEAST and reopened.low is not None and reopened.high is not None:
        said.append(
            _("Of the cases that had ended %(share)s were opened again (%(range)s).")
            % {"share": percent(reopened.share), "range": between(reopened.low, reopened.high)}
        )
    if again.whole >= LEAST and again.low is not None and again.high is not None:
        said.append(
            _(
                "Of the %(repairs)s repairs of twelve months whose 90 days are over, after "
                "%(share)s the same was reported again in the same spot (%(range)s)."
            )
            % {
                "repairs": formats.number(again.whole),
                "share": percent(again.share),
                "range": between(again.low, again.high),
            }
        )
    yield Words(" ".join(said) or _("Nothing is old enough yet to say whether it held."))
    yield Words(
        _(
            "A spot is a square of some 50 to 80 metres, or a place where a case has no position. "
            "What wears out, or is done again by its nature, comes again though the work was good."
        ),
        "note",
    )


def _services(telling: Telling) -> Iterator[Piece]:
    by = telling.month.again_by
    told = tellable({code: share.whole for code, share in by.items()})
    order = sorted(
        (each for each in told if by[each].part >= LEAST), key=lambda each: -by[each].part
    )
    if not order:
        return
    columns = [
        Column(_("Service"), 5, right=False),
        Column(_("Repairs")),
        Column(_("reported again"), 3, right=False),
        Column(""),
    ]
    rows: list[list[Cell]] = [
        [
            Text(telling.called("service", code)),
            number(by[code].whole),
            ranged(by[code].part, by[code].whole, by[code].low, by[code].high),
            Text(percent(by[code].share)),
        ]
        for code in order[:MOST]
    ]
    yield Title(_("By service"))
    yield Table(columns, rows)


def _spots(telling: Telling) -> Iterator[Piece]:
    found: dict[object, Spot] = {}
    for each in telling.month.spots:
        if each.again >= LEAST:
            found.setdefault((each.lat, each.lon, each.place), each)
    worst = list(found.values())[:SPOTS]
    if not worst:
        return
    columns = [
        Column(_("Service, the worst there"), 4, right=False),
        Column(_("Spot"), 4, right=False),
        Column(_("Repairs")),
        Column(_("reported again")),
    ]
    rows: list[list[Cell]] = [
        [
            Text(telling.called("service", each.service)),
            Text(_place(telling, each)),
            number(each.repaired),
            number(each.again),
        ]
        for each in worst
    ]
    yield Title(_("The worst spots"))
    yield Table(columns, rows)
    if telling.month.recorded:
        said = _(
            "A spot with very many cases of many kinds may be where the older system put what had "
            "no position."
        )
        yield Words(said, "note")


def _place(telling: Telling, each: Spot) -> str:
    """The name of the place, and the position where it is known."""
    entry = telling.book.place_by_code.get(each.place)
    parts = [telling.text(entry.names)] if entry else []
    if each.lat is not None and each.lon is not None:
        parts.append(f"{each.lat:.4f}, {each.lon:.4f}")
    return " · ".join(parts) or UNKNOWN
