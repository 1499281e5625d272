"""Recent values of each office: a bounded quantile of the stream, exact over its window."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats

Flags = npt.NDArray[np.bool_]

Pools = npt.NDArray[np.intp]
"""A number for each office with a budget of its own; 0 for all others."""

_STALE: Final = 1 / 16
"""Share of a window's values that may be new before it is sorted again."""

NEVER: Final = 1e6
"""A threshold that no value reaches, yet a number in JSON."""


class ValueWindows:
    """The last `size` values of each pool, and their quantiles.

    A parcel is weighed against the parcels before it, so that its threshold does not depend on
    its own lottery number. A window is sorted again when a sixteenth of it is new.

    >>> windows = ValueWindows(pools=1, size=100)
    >>> windows.add(np.zeros(10, dtype=np.intp), np.arange(10.0))
    >>> windows.thresholds(np.array([0.2])).tolist()
    [7.5]
    """

    def __init__(self, pools: int, size: int) -> None:
        self._size = size
        self._values = np.full((pools, size), -np.inf)
        self._sorted = self._values.copy()
        self._added = np.zeros(pools, dtype=np.int64)
        self._fresh = np.zeros(pools, dtype=np.int64)
        self._known = np.zeros(pools, dtype=np.int64)

    def add(self, pools: Pools, values: Floats) -> None:
        """Remember values of pools, each pool's in the order in which they stand."""
        order = pools.astype(np.int16).argsort(kind="stable")
        pools, values = pools[order], values[order]
        counts = np.bincount(pools, minlength=len(self._added))
        place = np.arange(len(pools)) - (counts.cumsum() - counts)[pools]
        kept = place >= (counts - self._size)[pools]
        slots = (self._added[pools] + place) % self._size
        self._values[pools[kept], slots[kept]] = values[kept]
        self._added += counts
        self._fresh += counts

    def thresholds(self, shares: Floats) -> Floats:
        """Return above what value each pool's share of its window lies; `NEVER` for a share of 0.

        Between two values it is their linear interpolation.
        """
        self._sort()
        known = self._known
        last = self._size - 1
        place = np.maximum(self._size - known * shares - 0.5, self._size - known)
        place = np.minimum(place, last)
        below = place.astype(np.intp)
        above = np.minimum(below + 1, last)
        rows = np.arange(len(shares))
        usable = (known > 0) & (shares > 0)
        low = np.where(usable, self._sorted[rows, below], 0.0)
        high = np.where(usable, self._sorted[rows, above], 0.0)
        return np.where(usable, low + (place - below) * (high - low), NEVER)

    def copy_rows(self, other: ValueWindows, mine: Pools, theirs: Pools) -> None:
        """Take over the values of another's pools."""
        self._values[mine] = other._values[theirs]
        self._added[mine] = other._added[theirs]
        self._fresh[mine] = other._added[theirs]

    def _sort(self) -> None:
        known = np.minimum(self._added, self._size)
        (stale,) = (self._fresh > known * _STALE).nonzero()
        if len(stale):
            values = self._values[stale]
            values.sort(axis=1)
            self._sorted[stale] = values
            self._fresh[stale] = 0
            self._known[stale] = known[stale]
