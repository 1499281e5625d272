"""What another policy would have found, estimated from the decisions of the one that ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats


class Estimate(NamedTuple):
    """Mean value of a parcel under another policy, and how far to trust it.

    `error` is the standard error. `effective` is the number of inspections that weigh as much as
    those used, (sum w)^2 / sum w^2. `unsupported` is the share of the other policy's holds that
    the log could not have: of these it says nothing.
    """

    value: float
    error: float
    effective: float
    unsupported: float


@dataclass(frozen=True)
class DecisionLog:
    """Decisions of a policy, a parcel each.

    `found` is what inspection of a held parcel gave: 1 or 0 for a violation, or EUR assessed.
    It is NaN for cleared parcels, and for held ones without an outcome. Those are taken to be
    a random part of the held ones; leave out days whose outcomes are still to come.
    """

    held: npt.NDArray[np.bool_]
    propensity: Floats
    found: Floats

    def __post_init__(self) -> None:
        if not len(self.held) == len(self.propensity) == len(self.found):
            sizes = f"{len(self.held)}, {len(self.propensity)} and {len(self.found)}"
            raise ValueError(f"held, propensity, found: expected equal lengths, got {sizes}")
        if np.any(self.held & ~(self.propensity > 0)):
            first = int(np.flatnonzero(self.held & ~(self.propensity > 0))[0])
            raise ValueError(f"propensity[{first}]: expected > 0 for a held parcel, got 0")

    @property
    def inspected(self) -> npt.NDArray[np.bool_]:
        """Which parcels have an outcome."""
        return self.held & ~np.isnan(self.found)

    def weights(self) -> Floats:
        """Return what each inspection stands for: 1 / (chance of a hold x share inspected)."""
        share = int(self.inspected.sum()) / max(int(self.held.sum()), 1)
        weights = np.zeros(len(self.held))
        known = self.inspected
        weights[known] = 1.0 / (self.propensity[known] * share)
        return weights


def inverse_propensity(log: DecisionLog, chances: Floats) -> Estimate:
    """Estimate from inspections alone, each weighed by how likely it is to be had.

    `chances` are the other policy's chances of a hold, 1 or 0 for one without a lottery. A
    cleared parcel's value is 0. Horvitz and Thompson, JASA 1952. Unbiased where nothing is
    unsupported, and of great variance where the policies differ.

    >>> log = DecisionLog(np.array([True, False]), np.full(2, 0.5), np.array([1.0, np.nan]))
    >>> inverse_propensity(log, np.ones(2)).value
    1.0
    """
    return doubly_robust(log, chances, np.zeros(len(chances)))


def doubly_robust(log: DecisionLog, chances: Floats, expected: Floats) -> Estimate:
    """Estimate from what a model expects of each parcel, put right by the inspections.

    `expected` is the value that the model gives a hold, such as the decision's probability. It
    must not have learnt the outcomes in the log. Dudik, Langford and Li, ICML 2011. Unbiased if
    either propensities or model are right, and the better the model, the smaller the error.

    >>> log = DecisionLog(np.array([True, False]), np.full(2, 0.5), np.array([1.0, np.nan]))
    >>> doubly_robust(log, np.ones(2), np.array([1.0, 0.5])).value
    0.75
    """
    weights = log.weights()
    surprise = np.where(log.inspected, log.found, expected) - expected
    terms = chances * (expected + weights * surprise)
    used = chances * weights
    count, squares = len(terms), float(np.sum(used**2))
    wished = float(np.sum(chances))
    return Estimate(
        float(np.mean(terms)),
        float(np.std(terms, ddof=1) / np.sqrt(count)) if count > 1 else float("nan"),
        float(np.sum(used)) ** 2 / squares if squares else 0.0,
        float(np.sum(chances[log.propensity == 0])) / wished if wished else 0.0,
    )
