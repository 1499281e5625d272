"""FTRL-Proximal logistic regression over hashed features."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers, Slots, Weights
from scorers.model.calibration import sigmoid


@dataclass(frozen=True)
class FTRLSettings:
    """Per-coordinate rate alpha / (beta + sqrt(n)), and the penalties l1 and l2.

    Without penalties FTRL-Proximal is AdaGrad; none of them helped where it was measured, and a
    large l1 costs precision (docs/quality.md).
    """

    alpha: float = 0.2
    beta: float = 1.0
    l1: float = 0.0
    l2: float = 0.0


class FTRL:
    """Weights of hashed features, learnt in one pass and in bounded memory.

    State is `z` and `n` (float32, one of each a slot); the weights are a function of both. A
    mini-batch makes one update with the sum of its gradients, all taken at the weights before it.

    McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013.
    """

    def __init__(self, bits: int = 22, settings: FTRLSettings | None = None) -> None:
        self.bits = bits
        self.settings = settings or FTRLSettings()
        self.z = np.zeros(2**bits, dtype=np.float32)
        self.n = np.zeros(2**bits, dtype=np.float32)
        self.weights: Weights = np.zeros(2**bits, dtype=np.float32)

    def learn(
        self,
        occurrences: tuple[Slots, Integers, Floats],
        logits: Floats,
        labels: Floats,
        importance: Floats | None = None,
    ) -> None:
        """Learn one mini-batch.

        `occurrences` are slot, example and input value of each feature in it, `logits` what the
        examples are scored now, `labels` 0 or 1; `importance` weighs the examples.
        """
        errors = sigmoid(logits) - labels
        if importance is not None:
            errors = errors * importance
        slots, rows, values = occurrences
        self.update(slots, errors[rows] * values)

    def update(self, slots: Slots, gradients: Floats) -> None:
        """Apply one gradient for each occurrence of a slot; repeated slots add up."""
        _update(slots, gradients, self.z, self.n, self.weights, *_rates(self.settings))

    def restore(self, slots: Slots, z: Weights, n: Weights) -> None:
        """Take over the state of a snapshot into this fresh model."""
        self.z[slots] = z
        self.n[slots] = n
        self.weights[slots] = solve(z, n, self.settings)


def solve(
    z: npt.NDArray[np.float32], n: npt.NDArray[np.float32], settings: FTRLSettings
) -> Weights:
    """Return the weights that z and n stand for.

    >>> z = np.array([1.0], np.float32); n = np.array([0.0], np.float32)
    >>> float(solve(z, n, FTRLSettings(alpha=1.0, beta=1.0))[0])
    -1.0
    """
    weights = np.empty(len(z), dtype=np.float32)
    _solve(z, n, *_rates(settings), weights)
    return weights


def _rates(settings: FTRLSettings) -> tuple[float, float, float, float]:
    """Return what the loops need, as floats: each type of a number is compiled anew."""
    return float(settings.alpha), float(settings.beta), float(settings.l1), float(settings.l2)


@compiled
def _update(
    slots: Slots,
    gradients: Floats,
    z: Weights,
    n: Weights,
    weights: Weights,
    alpha: float,
    beta: float,
    l1: float,
    l2: float,
) -> None:
    """Add up the gradients of each slot, then move its weight."""
    distinct = _distinct(slots, n)
    before = np.empty(len(distinct))
    for place in range(len(distinct)):
        before[place] = math.sqrt(np.float64(n[distinct[place]]))
    for place in range(len(slots)):
        # One by one in the order given, in float32: the rounding is the same in every build.
        gradient = gradients[place]
        n[slots[place]] += np.float32(gradient * gradient)
        z[slots[place]] += np.float32(gradient)
    for place in range(len(distinct)):
        slot = distinct[place]
        after = math.sqrt(np.float64(n[slot]))
        sigma = (after - before[place]) / alpha
        z[slot] -= np.float32(sigma * weights[slot])
        weights[slot] = _weight_of(z[slot], after, alpha, beta, l1, l2)


@compiled
def _distinct(slots: Slots, n: Weights) -> Slots:
    """Return each slot once. Those seen are told by the sign of their sum, which has none."""
    found = np.empty_like(slots)
    count = 0
    for slot in slots:
        if not np.signbit(n[slot]):
            n[slot] = -n[slot]
            found[count] = slot
            count += 1
    for slot in found[:count]:
        n[slot] = -n[slot]
    return found[:count]


@compiled
def _solve(
    z: Weights, n: Weights, alpha: float, beta: float, l1: float, l2: float, weights: Weights
) -> None:
    for place in range(len(z)):
        weights[place] = _weight_of(z[place], math.sqrt(np.float64(n[place])), alpha, beta, l1, l2)


@compiled
def _weight_of(
    z: np.float32, root: float, alpha: float, beta: float, l1: float, l2: float
) -> np.float32:
    """Return the weight that z and the root of n stand for."""
    rate = (beta + root) / alpha + l2
    # A slot never touched has z = 0; without beta and l2 its rate is 0 as well.
    if not rate > 0.0:
        return np.float32(0.0)
    shrunk = max(abs(np.float64(z)) - l1, 0.0)
    return np.float32(-math.copysign(shrunk, z) / rate)
