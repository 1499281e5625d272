"""FTRL-Proximal logistic regression over hashed features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
        """Apply one gradient for each occurrence of a slot; repeated slots add up.

        What is assigned to a slot that repeats is the same each time, so nothing is sorted.
        """
        before = _roots(self.n.take(slots))
        # `add.at` adds one by one in the order given, so the rounding is the same in every build.
        np.add.at(self.n, slots, (gradients * gradients).astype(np.float32))
        np.add.at(self.z, slots, gradients.astype(np.float32))
        after = _roots(self.n.take(slots))
        sigma = (after - before) / self.settings.alpha
        z = self.z.take(slots) - (sigma * self.weights.take(slots)).astype(np.float32)
        self.z[slots] = z
        self.weights[slots] = _solved(z, after, self.settings)

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
    return _solved(z, _roots(n), settings)


def _solved(z: Weights, roots: Floats, settings: FTRLSettings) -> Weights:
    """Return the weights that z and the roots of n stand for."""
    rate = (settings.beta + roots) / settings.alpha + settings.l2
    shrunk = z.astype(np.float64)
    if settings.l1:
        shrunk = np.sign(z) * np.maximum(np.abs(shrunk) - settings.l1, 0.0)
    # A slot never touched has z = 0; without beta and l2 its rate is 0 as well.
    weights: Weights = np.divide(-shrunk, rate, out=np.zeros_like(rate), where=rate > 0).astype(
        np.float32
    )
    return weights


def _roots(n: Weights) -> Floats:
    return np.sqrt(n.astype(np.float64))
