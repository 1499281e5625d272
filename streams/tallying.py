"""What a batch adds to the metrics, once it is committed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from schemas.types import Action, Arm
from scorers.deciding import Decided
from scorers.features.batch import Floats, Integers
from scorers.features.tables import ManifestTable
from scorers.stakes import Stakes, owed
from streams import metrics

_MILLISECONDS: Final = 1000.0


@dataclass(frozen=True)
class BatchTally:
    """Figures of a batch of manifests.

    `logged` is when each was logged, in Unix milliseconds; `owed` euro of duty and tax.
    """

    decided: Counter[tuple[Action, Arm]]
    held: Counter[tuple[Arm, str]]
    rejected: Counter[str]
    chances: Floats
    logged: Integers
    owed: float
    stakes: Stakes
    degraded: bool

    @property
    def held_by_office(self) -> Counter[str]:
        """How many parcels are held, by office."""
        found: Counter[str] = Counter()
        for (_, office), count in self.held.items():
            found[office] += count
        return found

    def export(self, topic: str, now: float) -> None:
        """Add to the metrics what was committed at `now` (Unix seconds); `topic` is read from."""
        metrics.MANIFESTS.inc(self.decided.total() + self.rejected.total())
        for (action, arm), count in self.decided.items():
            metrics.DECISIONS.labels(action, arm).inc(count)
        for (arm, office), count in self.held.items():
            metrics.HOLDS.labels(arm, office).inc(count)
        for kind, count in self.rejected.items():
            metrics.REJECTS.labels(topic, kind).inc(count)
        metrics.CHANCES.observe_many(self.chances)
        metrics.LATENCY.observe_many(np.maximum(now - self.logged / _MILLISECONDS, 0.0))
        metrics.ASSESSED.inc(self.owed)
        metrics.AT_STAKE.inc(self.stakes.total)
        metrics.AT_STAKE_HELD.inc(self.stakes.held)
        metrics.DEGRADED.inc(self.decided.total() if self.degraded else 0)


def tally_of(
    made: Decided,
    table: ManifestTable,
    rejected: Counter[str],
    logged: Integers,
    stakes: Stakes,
    *,
    degraded: bool,
) -> BatchTally:
    """Return the figures of a batch's decisions and rejects."""
    (held,) = made.held.nonzero()
    offices = table.some("office_of_entry", held)
    return BatchTally(
        made.counts(),
        Counter(zip(made.arms(held), offices, strict=True)),
        rejected,
        made.chances,
        logged,
        owed(table),
        stakes,
        degraded,
    )
