"""What of a table of figures everybody may know: no small numbers, and none that tell of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ngoma.insight.figures import Share, Slice, Times
from ngoma.people.publicity import shown


class Told(NamedTuple):
    """What may be told of the cases with one key. Where `few`, nothing; a share and times are
    empty as well where those that they are made of are few, or would tell of few."""

    slice: Slice
    few: bool
    kept: Share
    answer: Times
    solution: Times


def told(slices: Sequence[Slice]) -> Iterator[Told]:
    """The rows of a table beside its total, in their order.

    Each count is hidden beside the total of its own kind: that of all cases, of those that had a
    date, of those whose times are known. The change of a month would tell the share of the month
    before: it is told where that is.
    """
    cases = shown([each.work.cases for each in slices])
    kept = shown([each.work.kept.whole for each in slices], cases)
    answer = shown([each.answer.watched for each in slices], cases)
    solution = shown([each.solution.watched for each in slices], cases)
    before = False
    for number, each in enumerate(slices):
        share = each.work.kept if kept[number] else Share(0, 0)
        yield Told(
            each,
            few=not cases[number],
            kept=share if before else replace(share, change=None),
            answer=each.answer if answer[number] else Times(),
            solution=each.solution if solution[number] else Times(),
        )
        before = kept[number]
