"""Probabilities from logits: two numbers, learnt online from the labels as they come."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats

_RATE = 0.3
_LEAST_SLOPE = 0.05
_LIMIT = 8.0
"""Logits beyond are cut: a single far one must not swing the two numbers."""


class Calibration(msgspec.Struct):
    """Platt scaling, p = sigmoid(slope x logit + intercept), by AdaGrad.

    It must learn from the logit that a parcel had *before* its label was learnt. Platt,
    "Probabilistic outputs for support vector machines", 1999; Duchi et al., JMLR 2011.

    >>> Calibration().probabilities(np.array([0.0])).tolist()
    [0.5]
    """

    slope: float = 1.0
    intercept: float = 0.0
    slope_squares: float = 0.01
    intercept_squares: float = 0.01

    def probabilities(self, logits: Floats) -> Floats:
        """Return the calibrated probability of each logit."""
        return sigmoid(self.slope * np.clip(logits, -_LIMIT, _LIMIT) + self.intercept)

    def learn(self, logits: Floats, labels: Floats, importance: Floats) -> None:
        """Take a step for each example in turn."""
        clipped = np.clip(logits, -_LIMIT, _LIMIT)
        before = self.slope, self.intercept, self.slope_squares, self.intercept_squares
        after = _learnt(clipped, labels, importance, *before)
        self.slope, self.intercept, self.slope_squares, self.intercept_squares = after


@compiled
def _learnt(
    logits: Floats,
    labels: Floats,
    importance: Floats,
    slope: float,
    intercept: float,
    slope_squares: float,
    intercept_squares: float,
) -> tuple[float, float, float, float]:
    for place in range(len(logits)):
        chance = 1.0 / (1.0 + math.exp(-(slope * logits[place] + intercept)))
        error = importance[place] * (chance - labels[place])
        slope_squares += (error * logits[place]) ** 2
        intercept_squares += error * error
        # A slope below zero would turn the order of the scores around.
        step = _RATE * error * logits[place] / math.sqrt(slope_squares)
        slope = max(slope - step, _LEAST_SLOPE)
        intercept -= _RATE * error / math.sqrt(intercept_squares)
    return slope, intercept, slope_squares, intercept_squares


def sigmoid(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-logit)) without overflow.

    >>> sigmoid(np.array([0.0, 800.0, -800.0])).tolist()
    [0.5, 1.0, 0.0]
    """
    positive = 1.0 / (1.0 + np.exp(-np.abs(logits)))
    return np.where(logits >= 0, positive, 1.0 - positive)
