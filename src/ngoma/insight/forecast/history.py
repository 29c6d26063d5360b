"""What is known of the past: how many reports came of each service in each district on each day."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

AHEAD = 14
"""Days that are foretold."""
LEAST = 56
"""Days of history below which nothing is foretold."""
WEEK = 7
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
HOLIDAY = 7
"""The kind of day that is a holiday; 0 to 6 are Monday to Sunday."""
BRIDGE = 8
"""The kind of a working day between a holiday and a weekend."""
KINDS = 9

_MONDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class History:
    """What came on each day, one row a series: the reports on one service in one district.

    `services` and `places` number the service and the district of each series from 0. Days count
    from 1970; `first` is that of the first column. `holidays` has those of the past and of the
    next `AHEAD` days.
    """

    counts: Counts
    services: Index
    places: Index
    first: int
    holidays: frozenset[int]

    @property
    def days(self) -> int:
        """How many days are known."""
        return int(self.counts.shape[1])

    @property
    def kinds(self) -> Index:
        """The kind of each day that is known and of each that is foretold."""
        return np.array(
            [self._kind(day) for day in range(self.first, self.first + self.days + AHEAD)]
        )

    def _kind(self, day: int) -> int:
        if day in self.holidays:
            return HOLIDAY
        weekday = (day + _MONDAY) % WEEK
        beside = {0: day + 1, FRIDAY: day - 1}.get(weekday)
        return BRIDGE if beside in self.holidays else weekday

    def until(self, days: int) -> "History":
        """What was known after the first days."""
        return replace(self, counts=self.counts[:, :days])


def summed(rows: Counts, groups: Index) -> Counts:
    """The sums of the rows that have one number, in the order of numbers."""
    from scipy.sparse import csr_array

    number = np.arange(len(rows))
    member = csr_array((np.ones(len(rows)), (groups, number)), (groups.max() + 1, len(rows)))
    return np.asarray(member @ rows, dtype=np.float64)


def windows(rows: Counts, starts: Index) -> Counts:
    """The sum of each row over the weeks that start on these days."""
    sums: Counts = np.concatenate([np.zeros((len(rows), 1)), rows.cumsum(axis=1)], axis=1)
    return np.asarray(sums[:, starts + WEEK] - sums[:, starts], dtype=np.float64)
