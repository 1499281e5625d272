"""Workers that screen the simulated day side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from time import process_time
from typing import Final

import numpy as np

from bench.budgets.day import START, Hour, chosen, hours, part, plan
from scorers.budgets.ledger import LocalLedger, Tally
from scorers.budgets.policy import BudgetPolicy
from scorers.budgets.selection import BudgetSelection, Parcels
from scorers.budgets.windows import Flags

BATCH: Final = 1_000
_ABORTED: Final = 0.01
"""Share of batches that are decided, not committed, and decided again."""


@dataclass
class Result:
    """An hour with what was held of it, all arms and by score, and the seconds that it took."""

    hour: Hour
    held: Flags
    risky: Flags
    seconds: float = 0.0


class Crew:
    """Workers that keep one budget; each has its own partitions, so a random part of parcels."""

    def __init__(self, count: int, silent_hours: Collection[int] = ()) -> None:
        shared: dict[int, dict[str, Tally]] = {}
        self._policies = [BudgetPolicy(plan()) for _ in range(count)]
        self._ledgers = [LocalLedger(shared, str(number)) for number in range(count)]
        self._silent = silent_hours
        self._rng = np.random.default_rng(2)

    def screen(self, hour: Hour) -> Result:
        """Decide an hour's parcels, a batch of each worker at a time."""
        count = len(hour.parcels)
        result = Result(hour, np.zeros(count, np.bool_), np.zeros(count, np.bool_))
        owner = self._rng.integers(len(self._policies), size=count)
        places = [np.flatnonzero(owner == worker) for worker in range(len(self._policies))]
        parcels = [chosen(hour.parcels, owner == worker) for worker in range(len(self._policies))]
        hears = hour.number - START not in self._silent
        for start in range(0, max(map(len, places)), BATCH):
            batches = [part(own, start, start + BATCH) for own in parcels]
            started = process_time()
            decided = self._round(batches, hears)
            result.seconds += process_time() - started
            for own, selection in zip(places, decided, strict=True):
                result.held[own[start : start + BATCH]] = selection.held
                result.risky[own[start : start + BATCH]] = selection.risky
        return result

    def _round(self, batches: list[Parcels], hears: bool) -> list[BudgetSelection]:
        """Decide a batch of each worker; what others decide meanwhile is heard in the next."""
        if hears and len(self._policies) > 1:
            for policy, ledger in zip(self._policies, self._ledgers, strict=True):
                policy.hear(ledger.exchange(policy.report()))
        decided = []
        for policy, batch in zip(self._policies, batches, strict=True):
            if self._rng.random() < _ABORTED:
                policy.select(batch)
            decided.append(policy.select(batch))
        for policy in self._policies:
            policy.commit()
        return decided


def day(per_hour: int, workers: int, silent_hours: Collection[int] = ()) -> Iterator[Result]:
    """Yield the hours of a day as some workers decide them; in silent hours none hears another."""
    crew = Crew(workers, silent_hours)
    for hour in hours(per_hour):
        yield crew.screen(hour)
