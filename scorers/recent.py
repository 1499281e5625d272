"""The recent stream, kept as features so that another model can score it anew."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final, NamedTuple

from scorers.budgets.selection import Parcels
from scorers.features.batch import FeatureBatch, Floats
from scorers.model.model import ScoringModel
from scorers.novelty import fading

_WINDOW: Final = 5_000


class _Past(NamedTuple):
    features: FeatureBatch
    surprise: Floats
    adjustment: Floats
    parcels: Parcels


class RecentStream:
    """Features of the last `window` parcels or a little more, about 0.7 kB each.

    A threshold is a quantile of recent scores. While a model learns, scores of its former states
    are of another scale, and a quantile of them would hold far more or fewer than planned.
    """

    def __init__(self, window: int = _WINDOW) -> None:
        self._window = window
        self._past: deque[_Past] = deque()
        self._kept = 0

    def add(
        self, features: FeatureBatch, surprise: Floats, adjustment: Floats, parcels: Parcels
    ) -> None:
        """Remember a batch, and forget what the window no longer needs."""
        self._past.append(_Past(features, surprise, adjustment, parcels))
        self._kept += features.count
        while self._kept - self._past[0].features.count >= self._window:
            self._kept -= self._past.popleft().features.count

    def scored(self, model: ScoringModel) -> list[Parcels]:
        """Return the batches remembered, with scores and chances by `model`."""
        fade = fading(model.labels)
        scored = []
        for past in self._past:
            logits = model.logits(past.features) + past.adjustment
            chances = model.probabilities(logits)
            scored.append(
                replace(past.parcels, scores=logits + past.surprise * fade, probability=chances)
            )
        return scored
