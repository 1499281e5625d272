"""The last guard: thresholds moved until each pool holds no more and no fewer than it may."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.budgets.windows import Pools
from scorers.features.batch import Floats, Integers

TIE_BREAK: Final = 1e-6
"""Nats: orders equal values by lottery number, without reordering values that differ."""


def guarded(
    thresholds: Floats, pools: Pools, ranked: Floats, least: Integers, most: Integers
) -> Floats:
    """Return a threshold for each pool with at least `least` and at most `most` values above it.

    A pool with fewer values than `least` holds them all. A threshold that has to move goes
    half-way between two values, so that no parcel ties with it.

    >>> pools, ranked = np.zeros(4, dtype=np.intp), np.array([1.0, 4.0, 2.0, 3.0])
    >>> guarded(np.array([0.5]), pools, ranked, np.array([0]), np.array([1])).tolist()
    [3.5]
    """
    count = len(thresholds)
    above = np.bincount(pools[ranked > thresholds[pools]], minlength=count)
    sizes = np.bincount(pools, minlength=count)
    wanted = np.minimum(np.minimum(np.maximum(above, least), most), sizes)
    (moved,) = (wanted != above).nonzero()
    if len(moved) == 0:
        return thresholds
    guard = thresholds.copy()
    guard[moved] = _cut(pools, ranked, sizes, moved, wanted[moved])
    return guard


def _cut(
    pools: Pools, ranked: Floats, sizes: Integers, moved: Integers, wanted: Integers
) -> Floats:
    """Return the thresholds of some pools that leave exactly their best `wanted` values above."""
    by_value = np.argsort(-ranked, kind="stable")
    order = by_value[np.argsort(pools[by_value].astype(np.int16), kind="stable")]
    best = ranked[order]
    first = (np.cumsum(sizes) - sizes)[moved]
    last = first + sizes[moved] - 1
    # Beyond a pool's ends there is no value to stay away from but its own.
    inner, outer = (
        best[np.maximum(first + wanted - 1, first)],
        best[np.minimum(first + wanted, last)],
    )
    middle = inner + (outer - inner) / 2
    none, everything = best[first] + TIE_BREAK, best[last] - TIE_BREAK
    cut: Floats = np.where(wanted == 0, none, np.where(wanted == sizes[moved], everything, middle))
    return cut
