"""FTRL-Proximal logistic regression over hashed features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scorers.features.batch import FeatureBatch, Floats

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class FTRLSettings:
    """Per-coordinate rate alpha / (beta + sqrt(n)), and the penalties l1 and l2."""

    alpha: float = 0.4
    beta: float = 1.0
    l1: float = 0.0
    l2: float = 1.0


class HashedFTRL:
    """Online logistic regression with per-coordinate rates, one pass, in bounded memory.

    State is `z` and `n` (float32, one of each a slot); the weights are a function of both. A
    mini-batch makes one update with the sum of its gradients, all taken at the weights before it.

    McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013.
    """

    def __init__(self, bits: int = 22, settings: FTRLSettings | None = None) -> None:
        self.bits = bits
        self.settings = settings or FTRLSettings()
        self.labels = 0
        self.z = np.zeros(2**bits, dtype=np.float32)
        self.n = np.zeros(2**bits, dtype=np.float32)
        self.weights: Weights = np.zeros(2**bits, dtype=np.float32)

    def logits(self, batch: FeatureBatch) -> Floats:
        """Return the logit of a violation for each parcel of the batch."""
        return batch.logits(self.weights)

    def learn(self, batch: FeatureBatch, labels: Floats, importance: Floats | None = None) -> None:
        """Learn one mini-batch: `labels` are 0 or 1, `importance` weighs each example."""
        errors = probabilities(self.logits(batch)) - labels
        if importance is not None:
            errors *= importance
        slots, rows, values = batch.occurrences()
        gradients = errors[rows] * values
        touched, where = np.unique(slots, return_inverse=True)
        gradient = np.bincount(where, weights=gradients).astype(np.float64)
        square = np.bincount(where, weights=gradients * gradients).astype(np.float64)
        self._update(touched, gradient, square)
        self.labels += batch.count

    def _update(self, slots: npt.NDArray[np.int64], gradient: Floats, square: Floats) -> None:
        before = self.n[slots].astype(np.float64)
        after = before + square
        sigma = (np.sqrt(after) - np.sqrt(before)) / self.settings.alpha
        self.z[slots] += (gradient - sigma * self.weights[slots]).astype(np.float32)
        self.n[slots] = after.astype(np.float32)
        self.weights[slots] = solve(self.z[slots], self.n[slots], self.settings)

    def restore(self, slots: npt.NDArray[np.int64], z: Weights, n: Weights, labels: int) -> None:
        """Take over the state of a snapshot into this fresh model."""
        self.z[slots] = z
        self.n[slots] = n
        self.weights[slots] = solve(z, n, self.settings)
        self.labels = labels


def solve(z: Weights, n: Weights, settings: FTRLSettings) -> Weights:
    """Return the weights that z and n stand for.

    >>> z = np.array([1.0], np.float32); n = np.array([0.0], np.float32)
    >>> float(solve(z, n, FTRLSettings(alpha=1.0, beta=1.0, l2=0.0))[0])
    -1.0
    """
    rate = (settings.beta + np.sqrt(n.astype(np.float64))) / settings.alpha + settings.l2
    shrunk = np.sign(z) * np.maximum(np.abs(z.astype(np.float64)) - settings.l1, 0.0)
    return (-shrunk / rate).astype(np.float32)


def probabilities(logits: Floats) -> Floats:
    """Return the probability of each logit.

    >>> probabilities(np.array([0.0, 800.0, -800.0])).tolist()
    [0.5, 1.0, 0.0]
    """
    positive = 1.0 / (1.0 + np.exp(-np.abs(logits)))
    return np.where(logits >= 0, positive, 1.0 - positive)
