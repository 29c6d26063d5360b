"""The findings in lines: what is ill first, with what to do; what is well on few."""

from collections.abc import Iterator, Sequence

import msgspec

from ngoma.doctor.finding import Finding, How

_MARKS = {How.ILL: "✗", How.NOTE: "·", How.WELL: "✓"}


def lines(found: Sequence[Finding]) -> Iterator[str]:
    """For whoever reads them at two in the morning."""
    width = max(len(each.what) for each in found)
    for how in (How.WELL, How.NOTE, How.ILL):
        for each in found:
            if each.how == how:
                yield f"{_MARKS[how]} {each.what:{width}}  {each.says}"
                if each.do:
                    yield f"  {'':{width}}  → {each.do}"
    ill = sum(each.how == How.ILL for each in found)
    yield ""
    yield f"{ill} to be mended, the arrows say how" if ill else "All is well."


def as_json(found: Sequence[Finding]) -> Iterator[str]:
    """For a program."""
    yield msgspec.json.encode(list(found)).decode()
