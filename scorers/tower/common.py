"""What most series do at the same time: that is the day's doing, and no news of any of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Floats

_WEIGHS: Final = 10.0
"""A ratio is known as well as from so many parcels at most: the busiest series are not all."""

_MOST: Final = 3.0
"""No ratio counts as higher: a series that has a spike does not tell of the others."""

_LEAST_SERIES: Final = 30.0
"""Fewer, of equal weight, tell nothing of what is common."""


class Common(NamedTuple):
    """By what factor counts are above what is expected, and how much, as a relative variance, that
    differs from series to series."""

    factor: float
    variance: float


NOTHING: Final = Common(1.0, 0.0)


def common_rise(found: Floats, expected: Floats) -> Common:
    """Return what counts have in common beyond what was expected of each (> 0).

    A common fall is nothing: a spike is told by the same measure on a quiet day.

    Moments of the ratios, weighed by how well each is known.
    Source: DerSimonian and Laird, Meta-analysis in clinical trials, 1986.

    >>> rise = common_rise(np.array([30.0, 60.0] * 50), np.array([20.0, 20.0] * 50))
    >>> round(rise.factor, 2), round(rise.variance, 2)
    (2.25, 0.09)
    """
    weights = expected / (1 + expected / _WEIGHS)
    total, squares = weights.sum(), (weights**2).sum()
    if total**2 < _LEAST_SERIES * squares or total == 0:
        return NOTHING
    ratios = np.minimum(found / expected, _MOST)
    factor = float((weights * ratios).sum() / total)
    if factor <= 1:
        return NOTHING
    # Chance alone makes a ratio vary by its own mean over the expectation.
    beyond = (ratios - factor) ** 2 - factor / expected
    variance = float((weights**2 * beyond).sum() / squares)
    return Common(factor, max(variance, 0.0) / factor**2)
