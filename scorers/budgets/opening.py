"""When budgets accrue within one hour: the working times of every pool as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scorers.budgets.shifts import HOUR_SECONDS, Interval
from scorers.budgets.windows import Flags, Pools
from scorers.features.batch import Floats


class Opening:
    """Working times of each pool within one hour, in seconds since 1970 UTC.

    >>> opening = Opening([[(0.0, 1800.0)], []])
    >>> opening.seconds(600.0).tolist()
    [600.0, 0.0]
    >>> opening.covers(np.array([0, 0, 1]), np.array([600.0, 1800.0, 600.0])).tolist()
    [True, False, False]
    """

    def __init__(self, working: Sequence[Sequence[Interval]]) -> None:
        width = max(1, *map(len, working))
        self._starts = np.zeros((len(working), width))
        self._ends = np.zeros((len(working), width))
        for pool, intervals in enumerate(working):
            for place, (start, end) in enumerate(intervals):
                self._starts[pool, place], self._ends[pool, place] = start, end
        self._whole_hour = bool(np.all((self._ends - self._starts)[:, 0] == HOUR_SECONDS))

    def seconds(self, until: float) -> Floats:
        """Return how long each pool has worked in this hour until an instant."""
        worked = np.minimum(np.maximum(until, self._starts), self._ends) - self._starts
        seconds: Floats = np.add.reduce(worked, axis=1)
        return seconds

    def covers(self, pools: Pools, times: Floats) -> Flags:
        """Return which instants are in their pool's working times."""
        if self._whole_hour:
            return np.ones(len(times), dtype=np.bool_)
        column = times[:, None]
        inside = (column >= self._starts[pools]) & (column < self._ends[pools])
        within: Flags = np.logical_or.reduce(inside, axis=1)
        return within
