"""The measures of a city's work as expressions of Ibis: a table of facts in, a table out.

They ask no database and know no engine: the same expression runs on DuckDB in one process, on Spark
or in a warehouse, and gives the same rows. `insight.facts` says what a fact is. `by` are any of its
columns, or none for one row of all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import ibis
from ibis.expr.types import BooleanValue, IntegerColumn, NumericValue, Table

Z = 1.959963984540054
"""Within so many standard errors of the middle 95 % of a normal distribution lie."""

MANY = 2
"""Transfers beyond which a case counts as passed on."""

IN = "in "
"""Before the place of a spot that is no cell of the map."""

HELD = timedelta(days=90)
"""How long nothing new must be reported in the same spot for a repair to have held."""

QUARTILES = {"quarter": 0.75, "half": 0.5, "most": 0.25}
"""The share that is not yet done when a quarter, a half, and three quarters are."""

SHARES = {
    "answer_kept": "answer_promised",
    "kept": "promised",
    "reopened": "finished",
    "passed_on": "cases",
}
"""Counts of `measures` that are parts of other counts."""


def measures(facts: Table, by: Sequence[str], now: datetime) -> Table:
    """Counts of cases, and intervals of what is a share (`SHARES`).

    A promise is kept or broken once its date has come: an open case counts as broken from then on,
    and not before. `finished` are cases that had an end once; `rated` were rated, with so many
    `stars` in all.
    """
    at = ibis.literal(now.replace(tzinfo=None), type="timestamp")
    awaited = (facts.ending == "open") & ~facts.waiting
    no_answer = awaited & facts.answered.isnull() & (facts.answer_due < at)
    no_solution = awaited & (facts.due < at)
    answer_kept = facts.answer_due.notnull() & ~facts.answer_late
    kept = facts.due.notnull() & ~facts.solved_late
    counted = facts.aggregate(
        cases=facts.count(),
        reports=_sum(facts.reports),
        answered=_count(facts.answered.notnull()),
        answer_kept=_count(answer_kept),
        answer_promised=_count(answer_kept | facts.answer_late | no_answer),
        solved=_count(facts.ending == "solved"),
        kept=_count(kept),
        promised=_count(kept | facts.solved_late | no_solution),
        reopened=_count(facts.reopened),
        finished=_count((facts.ending != "open") | facts.reopened),
        transfers=_sum(facts.transfers),
        passed_on=_count(facts.transfers > MANY),
        rated=_count(facts.rating.notnull()),
        stars=_sum(facts.rating),
        by=by,
    )
    return with_intervals(counted, SHARES)


def with_intervals(counted: Table, shares: Mapping[str, str]) -> Table:
    """Adds to each part of a whole its 95 % interval, `…_low` and `…_high`; null of nothing.

    Wilson's score interval (1927): it keeps within 0 and 1, and holds for small counts.
    """
    added: dict[str, NumericValue] = {}
    for part, whole in shares.items():
        n = counted[whole].nullif(0).cast("float64")
        share = counted[part] / n
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * (share * (1 - share) / n + Z**2 / (4 * n * n)).sqrt()
        added[f"{part}_low"] = _not_below_zero(middle - half)
        added[f"{part}_high"] = 1 - _not_below_zero(1 - middle - half)
    return counted.mutate(**added)


def changes(measured: Table, by: Sequence[str], shares: Mapping[str, str]) -> Table:
    """How shares of a month differ from those of the month before: for each part `…_change`,
    `…_change_low` and `…_change_high`; null where one of the two months has none.

    `measured` has a row for each month (and each of `by`) with the intervals of `with_intervals`.
    The interval is Newcombe's of 1998 (his method 10), made of those of the two shares.
    """
    before = ibis.window(group_by=list(by), order_by="month")
    neighbour = measured.month.lag().over(before) == measured.month - 1
    added: dict[str, NumericValue] = {}
    for part, whole in shares.items():
        low, high = measured[f"{part}_low"], measured[f"{part}_high"]
        share = measured[part] / measured[whole].nullif(0).cast("float64")
        old, old_low, old_high = (
            neighbour.ifelse(each.lag().over(before), ibis.null("float64"))
            for each in (share, low, high)
        )
        down = ((share - low).pow(2) + (old_high - old).pow(2)).sqrt()
        up = ((high - share).pow(2) + (old - old_low).pow(2)).sqrt()
        added[f"{part}_change"] = share - old
        added[f"{part}_change_low"] = share - old - down
        added[f"{part}_change_high"] = share - old + up
    return measured.mutate(**added)


def answering(facts: Table, clock: int) -> Table:
    """The facts with `minutes` until the first answer, and whether it `happened` by then.

    What has had none was watched until its end, or until the working clock showed `clock`.
    """
    watched = ibis.coalesce(facts.solved, facts.ended, _until(facts, clock))
    return _timed(facts, facts.answered, watched)


def solving(facts: Table, clock: int) -> Table:
    """The facts with `minutes` until the solution, and whether it `happened` by then.

    What ended otherwise was watched until then; what is open, until the working clock showed
    `clock`. An end at an unknown time tells nothing, and is left out.
    """
    return _timed(facts, facts.solved, ibis.coalesce(facts.ended, _until(facts, clock)))


def curve(timed: Table, by: Sequence[str]) -> Table:
    """How large a share is not done after so many minutes: the estimate of Kaplan and Meier (1958).

    A row for each length at which something happened or was watched no longer: `at_risk` were
    watched until then, `happened` of these that it happened to, `remaining` is the share left and
    `variance` that of the share, by Greenwood's formula; null where nothing remains.
    """
    steps = timed.aggregate(
        happened=_count(timed.happened), left=timed.count(), by=[*by, "minutes"]
    )
    onwards = ibis.window(group_by=list(by), order_by="minutes", preceding=0, following=None)
    so_far = ibis.window(group_by=list(by), order_by="minutes", preceding=None, following=0)
    steps = steps.mutate(at_risk=steps.left.sum().over(onwards))
    survivors = (steps.at_risk - steps.happened).nullif(0).cast("float64")
    steps = steps.mutate(
        log_factor=(survivors / steps.at_risk).ln(),
        term=steps.happened / (steps.at_risk * survivors),
        last=(steps.happened == steps.at_risk).ifelse(1, 0),
    )
    over = steps.last.max().over(so_far) == 1
    remaining = over.ifelse(0.0, steps.log_factor.sum().over(so_far).exp())
    variance = remaining.pow(2) * steps.term.sum().over(so_far)
    kept = [*by, "minutes", "at_risk", "happened"]
    return steps.mutate(
        remaining=remaining, variance=over.ifelse(ibis.null("float64"), variance)
    ).select(*kept, "remaining", "variance")


def times(steps: Table, by: Sequence[str]) -> Table:
    """What a curve says: `watched` and `done` cases, the minutes after which a quarter, a half and
    three quarters are done; null where it has not come so far."""
    found: dict[str, NumericValue] = {
        "watched": steps.at_risk.max(),
        "done": steps.happened.sum(),
    }
    for name, rest in QUARTILES.items():
        found[name] = steps.minutes.min(where=steps.remaining <= rest)
    return steps.aggregate(by=by, **found)


def done_by(steps: Table, by: Sequence[str], marks: Sequence[int]) -> Table:
    """The share `done` by each `mark` (minutes) of a curve, with its 95 % interval, `low` and
    `high`.

    The share is null beyond the longest time that anything was watched, unless all is done. The
    interval is that of the log of minus the log of what remains, which keeps within 0 and 1; there
    is none while nothing or everything is done.
    """
    whole = steps.aggregate(longest=steps.minutes.max(), least=steps.remaining.min(), by=by)
    begun = steps.select(*by, "minutes", "remaining", "variance").union(
        whole.select(
            *by,
            minutes=ibis.literal(-1).cast(steps.minutes.type()),
            remaining=ibis.literal(1.0),
            variance=ibis.null("float64"),
        )
    )
    marked = begun.cross_join(ibis.memtable({"mark": list(marks)}))
    marked = marked.filter(marked.minutes <= marked.mark)
    last = marked.aggregate(
        remaining=marked.remaining.min(),
        variance=marked.variance.argmax(marked.minutes),
        by=[*by, "mark"],
    )
    told = last.join(whole, list(by)) if by else last.cross_join(whole)
    known = (told.longest >= told.mark) | (told.least == 0)
    inner = known & (told.remaining > 0) & (told.remaining < 1)
    rest = inner.ifelse(told.remaining, 0.5)
    factor = (Z * told.variance.sqrt() / (rest * rest.ln()).abs()).exp()
    none = ibis.null("float64")
    return told.select(
        *by,
        "mark",
        done=known.ifelse(1 - told.remaining, none),
        low=inner.ifelse(1 - rest.pow(1 / factor), none),
        high=inner.ifelse(1 - rest.pow(factor), none),
    )


def repairs(facts: Table, now: datetime) -> Table:
    """The facts of repairs, with their `spot` and whether they `failed`: another case of the same
    service was opened in the same spot within `HELD` after the solution.

    A spot is a small cell of the map, or a place where a case has no position. A repair whose time
    is not over yet is left out: whether it holds is not known.
    """
    at = ibis.literal(now.replace(tzinfo=None), type="timestamp")
    spot = ibis.ifelse(
        facts.cell.notnull(), facts.cell.cast("string"), ibis.literal(IN) + facts.place
    )
    known = facts.mutate(spot=spot).filter((spot != IN) & (facts.service != ""))
    solved = known.filter(known.ending == "solved")
    told = known.select("service", "spot", "case", at=known.opened_at, repair=ibis.literal(0))
    told = told.union(
        solved.select("service", "spot", "case", at=solved.solved_at, repair=ibis.literal(1))
    )
    later = ibis.window(group_by=["service", "spot"], order_by=["at", "repair"], rows=(1, None))
    opening = (told.repair == 0).ifelse(told["at"], ibis.null("timestamp"))
    told = told.mutate(next=opening.min().over(later))
    held_until = told["at"] + ibis.interval(days=HELD.days)
    told = told.filter((told.repair == 1) & (held_until <= at))
    failed = (told.next <= told["at"] + ibis.interval(days=HELD.days)).fill_null(False)
    return known.join(told.select("case", failed=failed), "case")


def again(repairs: Table, by: Sequence[str]) -> Table:
    """Counts of `repairs`: `repaired`, and those of them after which the same was reported `again`,
    with its interval."""
    counted = repairs.aggregate(repaired=repairs.count(), again=_count(repairs.failed), by=by)
    return with_intervals(counted, {"again": "repaired"})


def worst(repairs: Table, most: int) -> Table:
    """The spots of each scope after whose repairs the same was reported again at least twice: at
    most so many, in the order of how often."""
    found = again(repairs, ("scope", "service", "spot")).filter(lambda each: each.again > 1)
    order = [found.again.desc(), found.repaired, found.service, found.spot]
    place = ibis.row_number().over(ibis.window(group_by="scope", order_by=order))
    found = found.mutate(rank=place).filter(lambda each: each.rank < most)
    return found.order_by("scope", "rank")


def _until(facts: Table, clock: int) -> IntegerColumn:
    return (facts.ending == "open").ifelse(clock - facts.worked, ibis.null("int32"))


def _timed(facts: Table, done: IntegerColumn, watched: IntegerColumn) -> Table:
    minutes = _not_below_zero(ibis.coalesce(done, watched))
    timed = facts.mutate(minutes=minutes, happened=done.notnull())
    return timed.filter(timed.minutes.notnull())


def _not_below_zero(number: NumericValue) -> NumericValue:
    """Engines' own `greatest` takes 0 where a number is not known."""
    return (number < 0).ifelse(0, number)


def _count(condition: BooleanValue) -> NumericValue:
    return condition.fill_null(False).sum().fill_null(0)


def _sum(number: NumericValue) -> NumericValue:
    return number.sum().fill_null(0)
