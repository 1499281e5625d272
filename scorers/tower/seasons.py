"""What a series usually does in each hour of the week, in UTC."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.features.batch import Flags, Floats

HOUR_SECONDS: Final = 3_600
HOURS: Final = 168
_DAY_HOURS: Final = 24
_EPOCH_HOUR: Final = 72
"""1970 began on a Thursday: hour 0 is the first of a Monday."""

_WEIGHT: Final = 0.3
"""Of the newest week in the mean of the weeks."""


def hour_of_week(second: int) -> int:
    """Return the hour of the week in which a moment lies, 0 for Monday 00:00 to 00:59 UTC.

    >>> hour_of_week(0), hour_of_week(4 * 86_400)
    (72, 0)
    """
    return (second // HOUR_SECONDS + _EPOCH_HOUR) % HOURS


class Seasons:
    """A mean for each series and hour of the week; NaN for an hour that was not seen yet."""

    def __init__(self) -> None:
        self._means: Floats = np.full((HOURS, 0), np.nan)

    def learn(self, hour: int, values: Floats) -> Floats:
        """Take in the means of an hour that is over, and return what it says from now on.

        NaN is what is not known of a series.
        """
        self.reserve(len(values))
        line = self._means[hour, : len(values)]
        mixed = np.where(np.isnan(line), values, line + _WEIGHT * (values - line))
        line[:] = np.where(np.isnan(values), line, mixed)
        return line

    def set(self, hour: int, rows: np.typing.NDArray[np.int64], values: Floats) -> None:
        """Put back what an hour said."""
        self.reserve(int(rows.max(initial=-1)) + 1)
        self._means[hour, rows] = values

    def at(self, second: int, series: int) -> Floats:
        """Return what is usual at a moment: of its hour, or else of that hour on other days."""
        self.reserve(series)
        hour = hour_of_week(second)
        exact = self._means[hour, :series]
        same = self._means[hour % _DAY_HOURS :: _DAY_HOURS, :series]
        known = ~np.isnan(same)
        total = np.where(known, same, 0.0).sum(axis=0)
        days = known.sum(axis=0)
        other = np.where(days > 0, total / np.maximum(days, 1), np.nan)
        return np.where(np.isnan(exact), other, exact)

    def seen(self, second: int, series: int) -> Flags:
        """Return for which series the very hour of the week is known."""
        self.reserve(series)
        return ~np.isnan(self._means[hour_of_week(second), :series])

    def reserve(self, series: int) -> None:
        """Make room for so many series."""
        missing = series - self._means.shape[1]
        if missing > 0:
            more = np.full((HOURS, missing), np.nan)
            self._means = np.concatenate([self._means, more], axis=1)
