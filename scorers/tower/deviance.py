"""How far a count is above what was expected of it, where counts vary more than chance alone."""

from __future__ import annotations

import numpy as np

from scorers.features.batch import Floats


def excess(counts: Floats, expected: Floats, spread: Floats) -> Floats:
    """Return the Chernoff exponent of counts above their expectation; 0 for those that are not.

    A count is a Poisson variable whose rate varies by a gamma variable of relative variance
    `spread` (> 0): a negative binomial one. It is at least `counts` with a chance of at most
    exp(-excess), whatever the expectation: a bound, not an approximation.

    >>> excess(np.array([5.0, 50.0]), np.array([10.0, 10.0]), np.array([0.05, 0.05])).round(1)
    array([ 0. , 21.2])
    """
    above = counts > expected
    x, mean, size = counts[above], np.maximum(expected[above], 1e-9), 1.0 / spread[above]
    exponents = np.zeros(len(counts))
    exponents[above] = x * np.log(x / mean) - (x + size) * np.log((x + size) / (mean + size))
    return exponents
