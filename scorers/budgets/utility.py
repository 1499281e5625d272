"""What holding a parcel is worth: the chance of a hit, the expected loss, or a blend of both."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.features.batch import Floats

_LEAST_LOSS: Final = 1e-6
"""EUR: keeps the logarithm finite where nothing is at stake."""


def expected_loss(probability: Floats, revenue: Floats, severity: Floats) -> Floats:
    """Return what is lost if the parcel is cleared: chance x revenue at stake + severity, in EUR.

    `severity` is the expected harm to security, in what it would be worth to avert it.

    >>> expected_loss(np.array([0.5]), np.array([30.0]), np.array([10.0])).tolist()
    [25.0]
    """
    return probability * revenue + severity


def blended(scores: Floats, loss: Floats, weight: Floats) -> Floats:
    """Return the value to rank by: (1 - weight) x score + weight x ln(expected loss).

    Scores are logits, so nearly logarithms of small chances: the blend is the logarithm of a
    weighted geometric mean. Another currency or scale moves all values alike and reorders none.

    >>> scores, loss = np.array([-2.0, -2.0]), np.array([1.0, np.e])
    >>> blended(scores, loss, np.array([0.0, 0.5])).tolist()
    [-2.0, -0.5]
    """
    return (1 - weight) * scores + weight * np.log(np.maximum(loss, _LEAST_LOSS))
