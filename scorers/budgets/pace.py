"""The pace of a budget: what share of parcels to hold by score, and how much to explore."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.budgets.account import Growth
from scorers.budgets.terms import Terms
from scorers.features.batch import Floats

_MEMORY: Final = 2_000.0
"""Arrivals of a pool over which its rates are averaged."""

_EXPLORED: Final = 0.5
"""Largest part of a number per hour that is spent at random, however many parcels come."""


class Pace:
    """Running rates of every pool, and the credit of its lottery."""

    def __init__(self, pools: int) -> None:
        nothing = np.zeros(pools)
        self._entitled = self._arrivals = self._taken = self._own = nothing
        self._credit = nothing + _EXPLORED

    def trial(self) -> Pace:
        """Return a copy to go on with. No array is ever changed in place, so it is cheap."""
        trial = object.__new__(Pace)
        vars(trial).update(vars(self))
        return trial

    def rows(self, chosen: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Pace:
        """Return the pace of some pools, in this order; a new pool's, where it is -1."""
        fresh, old = Pace(len(chosen)), chosen >= 0
        for name, values in vars(fresh).items():
            setattr(fresh, name, np.where(old, getattr(self, name)[chosen], values))
        return fresh

    def explorable(
        self, terms: Terms, wished: Floats, own: Floats, grown: Growth, gate: Floats
    ) -> Floats:
        """Return by how much each pool's chances of a random hold are to be lowered, 0 to 1.

        `wished` is the expected number of random holds in the batch, `own` its arrivals. A share
        leaves them as they are; of a number per hour they take no more than half, since chances
        must not depend on who is drawn, the expected number is what counts. `gate` closes when
        a budget is overspent.
        """
        portion = own / np.maximum(grown.arrivals, 1.0)
        credit = self._credit + _EXPLORED * grown.entitled * np.minimum(portion, 1.0)
        granted = np.minimum(credit / np.maximum(wished, 1e-12), 1.0)
        factor = np.where(terms.timed, granted, 1.0) * gate
        most = np.maximum(_EXPLORED * grown.entitled, 1.0)
        self._credit = np.minimum(np.maximum(credit - factor * wished, 0.0), most)
        return factor

    def share_by_score(self, grown: Growth, taken: Floats, own: Floats) -> Floats:
        """Return the share of arrivals that is left to hold by score, after a batch.

        `taken` are its mandatory holds and the expected number of its random ones.
        """
        fade = np.exp(-grown.arrivals / _MEMORY)
        self._entitled = fade * self._entitled + grown.entitled
        self._arrivals = fade * self._arrivals + grown.arrivals
        self._taken = fade * self._taken + taken
        self._own = fade * self._own + own
        allowed = self._entitled / np.maximum(self._arrivals, 1.0)
        return np.maximum(allowed - self._taken / np.maximum(self._own, 1.0), 0.0)
