"""Exploration: the chance with which each parcel is drawn at random."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorers.features.batch import Floats


class Odds(NamedTuple):
    """Chances of a random hold: the same for all, and on top what is drawn for uncertainty.

    A parcel's lottery number below `base` holds it as exploration; from there to `base +
    uncertain` as a parcel of which the model knows too little.
    """

    base: Floats
    uncertain: Floats

    @property
    def total(self) -> Floats:
        """The chance of a random hold of either kind."""
        return self.base + self.uncertain

    def scaled(self, factor: Floats) -> Odds:
        """Return chances that are lower by a factor a parcel."""
        return Odds(self.base * factor, self.uncertain * factor)

    def of(self, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]] | slice) -> Odds:
        """Return the chances of some of the parcels."""
        return Odds(self.base[chosen], self.uncertain[chosen])


def uncertainty(probability: Floats) -> Floats:
    """Return how little a probability says: 1 at one half, 0 where it is sure.

    It is the variance of the outcome, relative to its largest.

    >>> uncertainty(np.array([0.0, 0.5, 0.75])).tolist()
    [0.0, 1.0, 0.75]
    """
    return 4 * probability * (1 - probability)
