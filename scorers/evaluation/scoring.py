"""Scoring and learning of recorded cases, as worker and learner do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.features.batch import Floats
from scorers.features.extractor import Extractor
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.model.ftrl import FTRLSettings
from scorers.model.model import Model
from scorers.novelty import Novelty, fading

MINI_BATCH = 64
_SCORE_BATCH = 1_000


@dataclass(frozen=True)
class Scores:
    """Scores of cases: what ranks them, and the calibrated chance of a violation."""

    logits: Floats
    chances: Floats


class Scorer(Protocol):
    """What the protocols ask of a model, ours or another."""

    def score(self, cases: Cases) -> Scores:
        """Return the scores of `cases`."""

    def learn(self, cases: Cases, propensities: Floats | None = None) -> Scores:
        """Learn labelled cases, held with these chances; return their scores before."""


class Apprentice:
    """A model with its features, that scores cases and learns from them in mini-batches."""

    def __init__(
        self, spec: FeatureSpec, settings: FTRLSettings | None = None, bits: int = 22
    ) -> None:
        self.extractor = Extractor(spec, bits)
        self.model = Model(bits, settings)
        self._novelty = Novelty(spec)

    def score(self, cases: Cases) -> Scores:
        """Return the scores of `cases`, as a worker would give them; no label is learnt."""
        parts = []
        for batch in cases.batches(_SCORE_BATCH):
            table = ManifestTable(batch.manifests)
            features = self.extractor.extract(table)
            logits = self.model.logits(features)
            surprise = self._novelty.surprise(features)
            novelty = surprise * fading(self.model.labels)
            parts.append(Scores(logits + novelty, self.model.probabilities(logits)))
        return joined(parts)

    def learn(self, cases: Cases, propensities: Floats | None = None) -> Scores:
        """Learn `cases` in mini-batches; return what each was scored before it was learnt."""
        certain = np.ones(len(cases)) if propensities is None else propensities
        parts = []
        for start in range(0, len(cases), MINI_BATCH):
            batch = cases.part(start, start + MINI_BATCH)
            features = self.extractor.extract(ManifestTable(batch.manifests))
            # The calibration changes with the labels, so the chances come first.
            chances = self.model.probabilities(self.model.logits(features))
            chosen = certain[start : start + MINI_BATCH]
            parts.append(Scores(self.model.learn(features, batch.labels, chosen), chances))
        return joined(parts)


def joined(parts: list[Scores]) -> Scores:
    """Return several scores as one."""
    if not parts:
        return Scores(np.empty(0), np.empty(0))
    return Scores(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.chances for part in parts]),
    )
