"""One batch's part in one hour: what may be held of it, and above what value."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorers.budgets.account import Credit, Growth, HourAccount
from scorers.budgets.cuts import guarded
from scorers.budgets.exploration import Odds
from scorers.budgets.pace import Pace
from scorers.budgets.terms import Terms
from scorers.budgets.windows import NEVER, Flags, Pools, ValueWindows
from scorers.features.batch import Floats, Integers


class Columns(NamedTuple):
    """A batch as a budget sees it: `ranked` are values with ties broken, `odds` as wished."""

    pools: Pools
    ranked: Floats
    odds: Odds
    mandatory: Flags
    exempt: Flags
    times: Floats

    def of(self, chosen: Flags | slice) -> Columns:
        """Return some of the parcels."""
        return Columns(
            self.pools[chosen],
            self.ranked[chosen],
            self.odds.of(chosen),
            self.mandatory[chosen],
            self.exempt[chosen],
            self.times[chosen],
        )


class Spender:
    """Says for a batch how likely each parcel is drawn, and above what value it is held.

    The lottery comes first. What it is expected to hold, and what is mandatory, is taken from
    the tokens at hand before the best values get the rest.
    """

    def __init__(self, terms: Terms, pace: Pace, windows: ValueWindows, flow: Floats) -> None:
        self._terms = terms
        self._pace = pace
        self._windows = windows
        self._flow = flow

    def spend(self, account: HourAccount, batch: Columns) -> tuple[Floats, Odds]:
        """Return thresholds and odds, a parcel each; count arrivals and mandatory holds."""
        works = account.works(batch.pools, batch.times)
        free = works & ~batch.mandatory & ~batch.exempt
        arrivals = self._count(batch.pools[works])
        first, last = float(batch.times.min()), float(batch.times.max())
        grown = account.receive(arrivals, first, last, self._flow)
        mandatory = self._count(batch.pools[batch.mandatory])
        account.hold(mandatory)
        credit = account.credit
        odds, drawn = self._draw(credit, batch, free, grown, arrivals)
        rate = self._pace.share_by_score(grown, mandatory + drawn, arrivals)
        credit = Credit(credit.tokens - drawn, credit.band, credit.workers)
        wished = self._wished(credit, rate, arrivals)
        least, most = self._bounds(credit)
        values = guarded(wished, batch.pools[free], batch.ranked[free], least, most)
        return np.where(free, values[batch.pools], NEVER), odds

    def _draw(
        self, credit: Credit, batch: Columns, free: Flags, grown: Growth, arrivals: Floats
    ) -> tuple[Odds, Floats]:
        """Return the odds in force, and the number of random holds that they lead to expect."""
        odds = batch.odds.scaled(free.astype(np.float64))
        wished = self._count(batch.pools, odds.total)
        # Chance alone brings a budget half a band into debt, mandatory holds bring it further.
        gate = np.minimum(np.maximum(2 + 2 * credit.tokens / credit.band, 0.0), 1.0)
        factor = self._pace.explorable(self._terms, wished, arrivals, grown, gate)
        return odds.scaled(factor[batch.pools]), factor * wished

    def _wished(self, credit: Credit, rate: Floats, arrivals: Floats) -> Floats:
        """Return each pool's threshold: the quantile of its window that suits its budget's pace.

        A budget in the middle of its band holds at its usual rate, at an end of it twice as much
        or nothing; but no batch puts right more than half of what there is to be put right.
        """
        usual, half = rate * arrivals, credit.band / 2
        ahead = credit.tokens - usual - half
        gain = 1 / np.maximum(half, 2 * usual * credit.workers)
        pace = np.minimum(np.maximum(1 + gain * ahead, 0.0), 2.0)
        shares = np.where(self._terms.ranks, rate * pace, 0.0)
        return self._windows.thresholds(np.minimum(shares, 1.0))

    def _bounds(self, credit: Credit) -> tuple[Integers, Integers]:
        """Return how many parcels each pool must hold by score, and how many it may.

        Credit that would leave the band is spent now, and never more than there is. Workers that
        see the same tokens at the same time each take their part.
        """
        over = np.maximum(credit.tokens - credit.band, 0.0)
        spare = np.maximum(credit.tokens, 0.0)
        least = np.ceil(over / credit.workers)
        most = np.minimum(np.floor(spare), np.ceil(spare / credit.workers))
        ranks = self._terms.ranks
        return (
            np.where(ranks, least, 0.0).astype(np.int64),
            np.where(ranks, most, 0.0).astype(np.int64),
        )

    def _count(self, pools: Pools, weights: Floats | None = None) -> Floats:
        counted = np.bincount(pools, weights, minlength=len(self._terms.names))
        return counted.astype(np.float64)
