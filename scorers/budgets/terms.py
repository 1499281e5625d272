"""A budget plan as columns: one line for each pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from scorers.budgets.opening import Opening
from scorers.budgets.plan import BudgetPlan
from scorers.budgets.shifts import Interval, Shift, working_times
from scorers.budgets.windows import Pools
from scorers.features.batch import Floats

DEFAULT_POOL: Final = ""
"""Name of the pool of all offices without a budget of their own; no office is called so."""

_SHARED: Final = 0
"""Number of that pool."""

_HOURS_KEPT: Final = 4_096


class Terms:
    """What a plan says, by pool.

    >>> from scorers.budgets.plan import Budget, BudgetPlan
    >>> terms = Terms(BudgetPlan(default=Budget(share=0.02), offices={"A": Budget(per_hour=60)}))
    >>> terms.pools_of(["A", "B", ""]).tolist(), terms.share.tolist()
    ([1, 0, 0], [0.02, 1.0])
    """

    def __init__(self, plan: BudgetPlan) -> None:
        self.version = plan.version
        self.names = (DEFAULT_POOL, *sorted(plan.offices))
        self.budgets = (plan.default, *(plan.offices[name] for name in self.names[1:]))
        self.trusted_factor = plan.trusted.explore_factor
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self.share = np.array([one.most_share for one in self.budgets])
        self.timed = np.array([one.per_hour is not None for one in self.budgets])
        self.by_time = bool(self.timed.any())
        self.per_hour = np.array([one.per_hour or 0.0 for one in self.budgets])
        self.explore = np.array([one.explore for one in self.budgets])
        self.uncertain = np.array([one.uncertain for one in self.budgets])
        self.weight = np.array([one.weight for one in self.budgets])
        self.by_loss = bool(self.weight.any())
        # A budget that is all exploration is held by lot alone.
        self.ranks = self.share > self.explore + self.uncertain
        self._queue = np.array([float(one.queue or np.inf) for one in self.budgets])

    def pools_of(self, offices: Sequence[str]) -> Pools:
        """Return the pool of each office."""
        found = map(self._numbers.get, offices, repeat(_SHARED))
        return np.fromiter(found, np.intp, len(offices))

    def flow(self, waiting: Mapping[str, int]) -> Floats:
        """Return how much of each budget the queue of parcels not inspected leaves, 0 to 1.

        Offices without a budget of their own share the default's queue as they share its budget.
        """
        depth = np.zeros(len(self.names))
        for office, count in waiting.items():
            depth[self._numbers.get(office, _SHARED)] += count
        flow: Floats = np.minimum(np.maximum(2 - 2 * depth / self._queue, 0.0), 1.0)
        return flow

    def opening(self, hour: int) -> Opening:
        """Return when the pools work in an hour, counted from 1970 UTC."""
        return Opening([_working(one.shifts, one.zone, hour) for one in self.budgets])


@lru_cache(maxsize=_HOURS_KEPT)
def _working(shifts: tuple[Shift, ...], zone: ZoneInfo, hour: int) -> list[Interval]:
    return working_times(shifts, zone, hour)
