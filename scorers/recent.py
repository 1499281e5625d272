"""The recent stream, kept as features so that another model can score it anew."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from scorers.features.batch import FeatureBatch, Floats
from scorers.model.model import ScoringModel
from scorers.novelty import fading


class _Past(NamedTuple):
    features: FeatureBatch
    surprise: Floats
    draws: Floats


class RecentStream:
    """Features of the last `window` parcels or a little more, about 1 kB each.

    A threshold is a quantile of recent scores. While a model learns, scores of its former states
    are of another scale, and a quantile of them would hold far more or fewer than planned.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._past: deque[_Past] = deque()
        self._kept = 0

    def add(self, features: FeatureBatch, surprise: Floats, draws: Floats) -> None:
        """Remember a batch, and forget what the window no longer needs."""
        self._past.append(_Past(features, surprise, draws))
        self._kept += features.count
        while self._kept - self._past[0].features.count >= self._window:
            self._kept -= self._past.popleft().features.count

    def scored(self, model: ScoringModel) -> list[tuple[Floats, Floats]]:
        """Return scores by `model` and lottery numbers of each batch remembered."""
        fade = fading(model.labels)
        return [
            (model.logits(past.features) + past.surprise * fade, past.draws) for past in self._past
        ]
