"""The model that screens: hashed weights, their calibration and their evidence."""

from __future__ import annotations

import numpy as np

from scorers.features.batch import FeatureBatch, Floats, Weights
from scorers.model.calibration import Calibration
from scorers.model.evidence import Evidence
from scorers.model.ftrl import FTRL, FTRLSettings

MAX_IMPORTANCE = 10.0
"""Bound of an inverse propensity: rarer selections would make the calibration jump."""


class ScoringModel:
    """What a worker needs: weights (16 MB by default), calibration and evidence."""

    def __init__(self, bits: int = 22) -> None:
        self.bits = bits
        self.weights: Weights = np.zeros(2**bits, dtype=np.float32)
        self.calibration = Calibration()
        self.evidence = Evidence(bits)
        self.labels = 0

    def logits(self, batch: FeatureBatch) -> Floats:
        """Return the score of each parcel, in logits."""
        return batch.logits(self.weights)

    def probabilities(self, logits: Floats) -> Floats:
        """Return the calibrated chance of a violation for each score."""
        return self.calibration.probabilities(logits)


class Model(ScoringModel):
    """A model that learns labels which were obtained with known propensities."""

    def __init__(self, bits: int = 22, settings: FTRLSettings | None = None) -> None:
        super().__init__(bits)
        self.ftrl = FTRL(bits, settings)
        self.weights = self.ftrl.weights

    def learn(self, batch: FeatureBatch, labels: Floats, propensities: Floats) -> Floats:
        """Learn one mini-batch; return the logits that it had before.

        The calibration weighs a label by its inverse propensity, since it must hold for all
        parcels; the weights do not, since that adds noise and no precision (docs/quality.md).
        """
        logits = self.logits(batch)
        importance = 1.0 / np.maximum(propensities, 1.0 / MAX_IMPORTANCE)
        self.calibration.learn(logits, labels, importance)
        self.ftrl.learn(batch.occurrences(), logits, labels)
        self.evidence.add(batch, labels)
        self.labels += batch.count
        return logits
