"""One hour's account of every pool: what its budget allows until now, and what was held."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.budgets.shifts import HOUR_SECONDS
from scorers.budgets.terms import Terms
from scorers.budgets.windows import Flags, Pools
from scorers.features.batch import Floats

_BAND_SHARE: Final = 0.04
_BAND_DEVIATIONS: Final = 0.8

_MOST_GROWTH: Final = 2.0
"""How much more than in the hour before counts for the band: a flood leaves it narrow, since the
quiet time after it has no more room than before."""


def band(entitled: Floats) -> Floats:
    """Return the room for holds around what a budget allows, in holds: half above, half below.

    4 % from 400 holds an hour on. Below that 0.8 standard deviations of as many random events:
    with less room, what comes at the right moment would be held, not what is worth it.

    >>> band(np.array([0.0, 100.0, 2500.0])).tolist()
    [1.0, 8.0, 100.0]
    """
    allowed = np.maximum(entitled, 0.0)
    return np.maximum(np.maximum(_BAND_SHARE * allowed, _BAND_DEVIATIONS * np.sqrt(allowed)), 1.0)


class Growth(NamedTuple):
    """What an account took in since its last batch: holds allowed, and arrivals of all workers."""

    entitled: Floats
    arrivals: Floats


class Credit(NamedTuple):
    """Holds that each pool may have now, and the room for them.

    `tokens` are between 0 and the `band` unless chance disturbs.
    """

    tokens: Floats
    band: Floats
    workers: int


class HourAccount:
    """What came and what was held in one hour of event time, here and at other workers.

    A share allows holds as parcels come, a number per hour as working time passes. Credit is
    bounded: what would not fit into the `band` after a time without parcels is `forfeited`. That
    is the running maximum that keeps a bucket from flowing over, so workers agree on it by the
    largest of theirs. `withheld` is what the depth of the queue keeps back. `former` is the
    account of the hour before, where that is known.
    """

    def __init__(
        self, terms: Terms, hour: int, workers: int = 1, former: HourAccount | None = None
    ) -> None:
        self._terms = terms
        self._opening = terms.opening(hour)
        self.seen = float(hour * HOUR_SECONDS)
        self._earned = self._by_time(self.seen)
        self.workers = workers
        nothing = np.zeros(len(terms.names))
        self.arrivals = self.holds = self._other_arrivals = self._other_holds = nothing
        self.forfeited = self._withheld = self._credited = self._counted = nothing
        self._heard = nothing
        self._heard_now = False
        usual = nothing if former is None else former.entitled
        # After a time without work nothing is usual.
        self._most = np.where(usual > 0, _MOST_GROWTH * usual, np.inf)

    def trial(self) -> HourAccount:
        """Return a copy to go on with. No array is ever changed in place, so it is cheap."""
        trial = object.__new__(HourAccount)
        vars(trial).update(vars(self))
        return trial

    def works(self, pools: Pools, times: Floats) -> Flags:
        """Return which parcels come in their pool's working time."""
        return self._opening.covers(pools, times)

    def receive(self, arrivals: Floats, first: float, last: float, flow: Floats) -> Growth:
        """Take in arrivals between two instants; the queue leaves `flow` of their budget."""
        earned = self._by_time(first)
        if self._heard_now:
            # What others told stands until this batch, even after a time without parcels.
            self._heard = np.maximum(self._heard, earned)
            self._heard_now = False
        self._forfeit(earned)
        # What was forfeited by now is no credit of this batch's either.
        self._see(first)
        start = np.minimum(self._credited, self.entitled)
        self.arrivals = self.arrivals + arrivals
        self._see(last)
        allowed = self._allowed()
        growth = allowed - self._withheld - start
        self._withheld = self._withheld + (1 - flow) * growth
        counted, self._counted = self._counted, self.all_arrivals
        self._credited = allowed - self._withheld
        return Growth(flow * growth, self._counted - counted)

    def hold(self, held: Floats) -> None:
        """Count a batch's holds."""
        self.holds = self.holds + held

    def hear(self, arrivals: Floats, holds: Floats, seen: float, workers: int) -> None:
        """Learn what all other workers have counted in this hour, and how many are at work."""
        self._other_arrivals, self._other_holds = arrivals, holds
        self._see(seen)
        self._heard, self._heard_now, self.workers = self._earned, True, workers

    def under(self, terms: Terms, hour: int, rows: Pools) -> HourAccount:
        """Return this account under other terms; `rows` are its pools of old, -1 for a new one.

        Nothing that was allowed so far is allowed anew or taken back: a budget that changes
        within an hour counts from then on.
        """
        other = HourAccount(terms, hour, self.workers)
        other._see(self.seen)
        for name in ("arrivals", "holds", "_other_arrivals", "_other_holds", "_counted"):
            setattr(other, name, _taken(getattr(self, name), rows))
        other._heard = other._earned
        other._withheld = other.entitled - _taken(self.entitled, rows)
        other._credited = other.entitled
        return other

    @property
    def all_arrivals(self) -> Floats:
        """Arrivals in working time, as far as known."""
        return self.arrivals + self._other_arrivals

    @property
    def entitled(self) -> Floats:
        """Holds that the budgets allow until now."""
        return self._allowed() - self._withheld

    @property
    def all_holds(self) -> Floats:
        """All holds, with those that others will have made since they were heard.

        Each worker is taken to spend an equal part of a number per hour, so that workers that
        cannot hear each other keep it all the same.
        """
        since = np.maximum(self._earned - self._heard, 0.0)
        return self.holds + self._other_holds + since * (1 - 1 / self.workers)

    @property
    def credit(self) -> Credit:
        """How many more holds there may be now."""
        entitled = self.entitled
        room = self._room(entitled)
        return Credit(entitled - self.all_holds + room / 2, room, self.workers)

    def _room(self, entitled: Floats) -> Floats:
        """Return the room for holds around what the budgets allow, half of it above."""
        return band(np.minimum(entitled, self._most))

    def _allowed(self) -> Floats:
        """Return what the budgets allow, whatever the queue keeps back."""
        by_share = self._terms.share * self.all_arrivals
        by_time = self._earned - self.forfeited
        return np.where(self._terms.timed, np.minimum(by_share, by_time), by_share)

    def _see(self, instant: float) -> None:
        """Note that a parcel came at an instant."""
        if instant > self.seen:
            self.seen, self._earned = instant, self._by_time(instant)

    def _forfeit(self, earned: Floats) -> None:
        """Give up the credit that does not fit into the band by the time a batch begins."""
        if self._terms.by_time:
            room = self.all_holds + self._withheld + self._room(self.entitled)
            over = np.where(self._terms.timed, earned - room, 0.0)
            self.forfeited = np.maximum(self.forfeited, over)

    def _by_time(self, until: float) -> Floats:
        if not self._terms.by_time:
            return self._terms.per_hour  # nothing
        return self._terms.per_hour * self._opening.seconds(until) / HOUR_SECONDS


def _taken(values: Floats, rows: Pools) -> Floats:
    return np.where(rows >= 0, values[rows], 0.0)
