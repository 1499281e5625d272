"""What a policy is asked to select from, and what it decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorers.budgets.cuts import TIE_BREAK
from scorers.budgets.exploration import Odds
from scorers.budgets.windows import Flags
from scorers.features.batch import Floats


@dataclass(frozen=True)
class Parcels:
    """A batch's columns, one entry a parcel; a column left out is nought for all.

    `scores` in logits, `draws` of the lottery in [0, 1), `times` in seconds since 1970 UTC: when
    the broker took the record in, since a sender's own time could be any. `revenue` at stake and
    `severity` in EUR, `uncertainty` in [0, 1]. `probability` may be left out only where no
    office ranks by expected loss. What is `exempt` counts as an arrival and is never held, neither
    drawn nor by its value; `mandatory` must not be exempt.
    """

    scores: Floats
    draws: Floats
    offices: Sequence[str]
    times: Floats
    probability: Floats | None = None
    revenue: Floats | None = None
    severity: Floats | None = None
    uncertainty: Floats | None = None
    mandatory: Flags | None = None
    exempt: Flags | None = None
    trusted: Flags | None = None

    def __post_init__(self) -> None:
        expected = len(self.scores)
        for name, column in vars(self).items():
            if column is not None and len(column) != expected:
                raise ValueError(
                    f"{name}: expected {expected} entries as in scores, got {len(column)}"
                )

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class BudgetSelection:
    """What was decided: a mask for each arm, no parcel in two, and all that it followed from.

    `propensity` is each parcel's chance of being held, given all batches before, over the
    lottery numbers that it could have had. Only the lottery is random: whether a value is above
    the threshold in force is not, also where the batch's cut moved that threshold.
    """

    mandatory: Flags
    explored: Flags
    uncertain: Flags
    risky: Flags
    propensity: Floats
    thresholds: Floats
    utility: Floats
    odds: Odds

    @property
    def held(self) -> Flags:
        """Which parcels are held, by any arm."""
        return self.mandatory | self.explored | self.uncertain | self.risky


def select_with(
    thresholds: Floats, utility: Floats, draws: Floats, odds: Odds, mandatory: Flags
) -> BudgetSelection:
    """Decide parcels by thresholds that are given: a day is replayed from its records with it.

    Thresholds, values and odds are the records' own, a parcel each; nothing depends on the other
    parcels, so batches may be cut in any way.

    >>> odds = Odds(np.full(3, 0.1), np.zeros(3))
    >>> draws = np.array([0.5, 0.5, 0.05])
    >>> chosen = select_with(np.ones(3), np.array([2.0, 0.0, 0.0]), draws, odds, np.zeros(3, bool))
    >>> chosen.risky.tolist(), chosen.explored.tolist(), chosen.propensity.tolist()
    ([True, False, False], [False, False, True], [1.0, 0.1, 0.1])
    """
    total = odds.total
    free = ~mandatory
    explored = free & (draws < odds.base)
    uncertain = free & ~explored & (draws < total)
    risky = free & ~explored & ~uncertain & (utility + TIE_BREAK * draws > thresholds)
    # A number holds if it is low enough to be drawn, or lifts its value over the threshold.
    least = np.minimum((thresholds - utility) / TIE_BREAK, 1.0)
    certain = mandatory | (least <= total)
    propensity = np.where(certain, 1.0, total + (1.0 - least))
    return BudgetSelection(
        mandatory, explored, uncertain, risky, propensity, thresholds, utility, odds
    )
