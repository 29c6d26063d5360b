"""What rose suddenly, and how well it was foretold what comes."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from ngoma.insight.monthly import Week
from ngoma.look import formats
from ngoma.people.publicity import LEAST
from ngoma.records.models import Burst
from ngoma.report.document import Cell, Chapter, Column, Piece, Table, Text, Title, Words
from ngoma.report.telling import Telling, number, percent

MOST = 10


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    blocks = [*_bursts(telling), *_forecast(telling)]
    return Chapter(_("Sudden rises, and the forecast"), blocks, new_page=False)


def _bursts(telling: Telling) -> Iterator[Piece]:
    private = telling.book.private_services
    found = [
        each
        for each in telling.month.bursts
        if each.reports >= LEAST and each.service_id not in private
    ]
    found.sort(key=lambda each: -each.reports)
    yield Title(_("Many reports of one thing at once"))
    if not found:
        yield Words(_("No burst of reports was noticed in this month."))
    else:
        columns = [
            Column(_("Day"), 3, right=False),
            Column(_("Service"), 4, right=False),
            Column(_("Place"), 4, right=False),
            Column(_("Reports")),
            Column(_("usual")),
        ]
        yield Table(columns, [_burst(telling, each) for each in found[:MOST]])
    if telling.month.recorded:
        said = _(
            "Bursts are looked for while reports come in. These were taken over afterwards, so "
            "that nobody looked."
        )
        yield Words(said, "note")


def _burst(telling: Telling, burst: Burst) -> list[Cell]:
    located = telling.book.locate(burst.lat, burst.lon).place_id
    place = telling.text(telling.book.places[located].names) if located else _("not known")
    return [
        Text(telling.day(burst.found_at.astimezone(telling.book.zone).date())),
        Text(telling.service(burst.service_id)),
        Text(place if burst.radius_m is not None else _("the whole city")),
        number(burst.reports),
        number(round(burst.usual, 1)),
    ]


def _forecast(telling: Telling) -> Iterator[Piece]:
    weeks = [each for each in telling.month.weeks if each.came is not None]
    yield Title(_("How good the forecast was"))
    if not weeks:
        yield Words(_("Nothing could be foretold: less than eight weeks were known before."))
        return
    ours, naive = (
        sum(abs(guess(each) - (each.came or 0)) for each in weeks) / len(weeks)
        for guess in (_foretold, lambda each: each.before)
    )
    said = [
        _("In the mean of %(n)s weeks the forecast missed by %(ours)s reports a week; to say “as "
          "in the week before” missed by %(naive)s.")
        % {
            "n": formats.number(len(weeks)),
            "ours": formats.number(round(ours)),
            "naive": formats.number(round(naive)),
        },
        _("%(share)s of the days lay in their range; nine of ten are meant to.")
        % {"share": percent(_within(telling, weeks))},
    ]  # fmt: skip
    yield Words(" ".join(said))
    columns = [
        Column(_("Seven days from"), 4, right=False),
        Column(_("foretold"), 2),
        Column(_("came"), 2),
        Column(_("in the week before"), 2),
    ]
    yield Table(columns, [_week(telling, each) for each in weeks])


def _foretold(week: Week) -> float:
    return sum(each.mean for each in week.days)


def _week(telling: Telling, week: Week) -> list[Cell]:
    counts = [round(_foretold(week)), week.came or 0, week.before]
    told = [number(each if each >= LEAST or not each else None) for each in counts]
    return [Text(telling.day(week.first)), *told]


def _within(telling: Telling, weeks: list[Week]) -> float:
    """The share of the days that lay in their range."""
    met = []
    for week in weeks:
        for number_, each in enumerate(week.days):
            day = week.first + timedelta(days=number_)
            met.append(each.low <= telling.month.came.days[day.day - 1] <= each.high)
    return sum(met) / len(met)
