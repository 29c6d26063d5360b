"""Learning from merges: which of the cases that were proposed as the same problem were the same.

A case that a report was merged into was; one that was proposed and stayed apart when a person
decided on the report was not. What each ground said is kept with the proposal, so nothing has to be
compared again.
"""

from collections.abc import Iterator, Sequence

from ngoma.cities.book import Book
from ngoma.proposals import in_use
from ngoma.records.models import Learned
from ngoma.records.queries.decided import told_apart
from ngoma.triage.comparing import likely_cheaper
from ngoma.triage.sameness import Grounds, Weights, cost, fit

MOST = 20_000
"""The newest decisions are learned from."""

LEAST = 50
"""Pairs that were the same, and as many that were not, below which nothing is learned."""

SET_ASIDE = 0.2
CONFIDENCE = 0.95

Pair = tuple[Grounds, bool]


def known_pairs(book: Book) -> list[Pair]:
    """What people decided on pairs of reports, the first decided first; none where too few of
    either kind."""
    pairs = list(_pairs(book))
    same = sum(one for _, one in pairs)
    return pairs if min(same, len(pairs) - same) >= LEAST else []


def learn_sameness(book: Book, row: Learned, pairs: Sequence[Pair]) -> None:
    """How the newest pairs are met by the weights in use, and by those that the older ones teach;
    and if these are better, the weights that all of them teach."""
    aside = max(1, int(len(pairs) * SET_ASIDE))
    newest, used, taught = pairs[-aside:], in_use.weights_of(book.id), fit(pairs[:-aside])
    before, after = _costs(used, newest), _costs(taught, newest)
    row.figures = {
        "set_aside": aside,
        "before": {"cost": round(sum(before) / aside, 4)},
        "after": {"cost": round(sum(after) / aside, 4)},
        "better": likely_cheaper(after, before),
    }
    if row.figures["better"] >= CONFIDENCE:
        row.data = fit(pairs).to_bytes()


def _pairs(book: Book) -> Iterator[Pair]:
    for merged_into, proposed in told_apart(book.id, limit=MOST):
        known = {each["case"] for each in proposed}
        if merged_into is not None and merged_into not in known:
            continue  # what was found by the person alone says nothing of what was proposed
        for each in proposed:
            grounds = {reason["kind"]: reason["weight"] for reason in each.get("reasons", ())}
            if grounds:
                yield grounds, each["case"] == merged_into


def _costs(weights: Weights, pairs: Sequence[Pair]) -> list[float]:
    return [cost(weights, grounds, same) for grounds, same in pairs]
