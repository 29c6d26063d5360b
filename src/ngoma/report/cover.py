"""The first page: the month in a few plain sentences and four figures."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from ngoma.base.months import first_day
from ngoma.insight.figures import Share
from ngoma.look import formats
from ngoma.people.publicity import LEAST
from ngoma.report.came import changed
from ngoma.report.document import Tile, Tiles
from ngoma.report.telling import UNKNOWN, Telling, between, percent, tellable


def summary(telling: Telling) -> str:
    """The month in one paragraph."""
    return " ".join([*_came(telling), *_rose(telling), *_worked(telling)])


def spans(telling: Telling) -> str:
    """What is told of, and how it stood when."""
    month, first = telling.month, first_day(telling.month.month)
    days = {"first": telling.day(first), "last": telling.day(month.last)}
    stood = telling.day(month.at.astimezone(telling.book.zone).date())
    if not month.whole:
        said = _("Reports from %(first)s until %(last)s: the month is not over.")
    else:
        said = _("Reports from %(first)s to %(last)s.")
    return " ".join([said % days, _("Cases as they stood on %(day)s.") % {"day": stood}])


def figures(telling: Telling) -> Tiles:
    """The four figures."""
    month, work = telling.month, telling.month.figures.whole
    few = work.work.cases < LEAST
    mean = formats.number(round(month.came.reports / len(month.came.days), 1))
    return Tiles(
        [
            Tile(
                _("Reports"),
                formats.number(month.came.reports) if month.came.reports >= LEAST else UNKNOWN,
                _("%(mean)s a day") % {"mean": mean} if month.came.reports >= LEAST else "",
            ),
            _share(_("Dates kept"), work.work.kept),
            Tile(
                _("Half solved within"),
                UNKNOWN if few else telling.worked(work.solution.half),
                _("open cases counted as open"),
            ),
            _share(_("Reported again in 90 days"), month.again),
        ]
    )


def _share(name: str, share: Share) -> Tile:
    if share.whole < LEAST or share.low is None or share.high is None:
        return Tile(name, UNKNOWN, _("too few, or too early to say"))
    return Tile(name, percent(share.share), between(share.low, share.high))


def _came(telling: Telling) -> Iterator[str]:
    month = telling.month
    count, days = month.came.reports, len(month.came.days)
    if count < LEAST:
        yield _("Few reports came.")
        return
    yield _("%(count)s reports came, %(mean)s a day.") % {
        "count": formats.number(count),
        "mean": formats.number(round(count / days, 1)),
    }
    before = month.before.reports if month.before else 0
    change = changed(telling, count, before) if before >= LEAST else None
    if change is not None:
        more = _("By the day that is %(share)s more than in %(month)s.")
        less = _("By the day that is %(share)s less than in %(month)s.")
        yield (more if change[0] >= 0 else less) % {
            "share": percent(abs(change[0])),
            "month": telling.month_name(1),
        }


def _rose(telling: Telling) -> Iterator[str]:
    """What rose most, where chance alone does not explain it."""
    month = telling.month
    before = tellable(month.before.services) if month.before else {}
    risen = {}
    for code, count in tellable(month.came.services).items():
        change = changed(telling, count, before[code]) if code in before else None
        if code and change is not None and change[1] > 0:
            risen[code] = count - before[code]
    if risen:
        code = max(risen, key=lambda each: risen[each])
        yield _("What rose most: %(service)s, from %(before)s to %(count)s.") % {
            "service": telling.called("service", code),
            "before": formats.number(before[code]),
            "count": formats.number(month.came.services[code]),
        }


def _worked(telling: Telling) -> Iterator[str]:
    whole = telling.month.figures.whole
    if whole.work.cases < LEAST:
        return
    if whole.solution.half is None:
        yield _("Less than half is solved so far.")
    else:
        yield _("Half were solved within %(span)s.") % {"span": telling.worked(whole.solution.half)}
    kept, again = whole.work.kept, telling.month.again
    if kept.whole >= LEAST:
        yield _("Of the dates that were promised %(share)s were kept.") % {
            "share": percent(kept.share)
        }
    if again.whole >= LEAST:
        yield _("After %(share)s of repairs the same was reported again within 90 days.") % {
            "share": percent(again.share)
        }
