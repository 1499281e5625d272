"""Screening of a batch: features, scores, policy and reasons become decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas import decision
from schemas.decision import Decision, Reason
from schemas.manifest import Manifest
from schemas.types import Arm
from scorers.features.batch import FeatureBatch, Floats
from scorers.features.extractor import Extractor
from scorers.features.rows import Row, rows_of
from scorers.features.tables import ManifestTable
from scorers.lottery import Coordinates, Lottery
from scorers.model.model import ScoringModel
from scorers.novelty import Novelty, fading
from scorers.policy import Selection, SharePolicy
from scorers.reasons import RANDOM, TOP_SHARE, Reasons
from scorers.recent import RecentStream


@dataclass(frozen=True)
class _Scored:
    """A batch on its way to decisions."""

    batch: FeatureBatch
    scores: Floats
    novelty: Floats
    probability: Floats
    selection: Selection


class Screener:
    """Decides batches of manifests.

    The policy's threshold and, until labels come, the counts of novelty remember earlier batches.
    """

    def __init__(self, extractor: Extractor, policy: SharePolicy, lottery: Lottery) -> None:
        self._extractor = extractor
        self._policy = policy
        self._lottery = lottery
        self._reasons = Reasons(extractor.spec)
        self._novelty = Novelty(extractor.spec)
        self._recent = RecentStream(policy.window)
        self.model = ScoringModel(extractor.bits)

    def use(self, model: ScoringModel) -> None:
        """Score with `model` from the next batch on."""
        self.model = model
        self._policy.remember(self._recent.scored(model))

    def screen(
        self, manifests: Sequence[Manifest], coordinates: Sequence[Coordinates]
    ) -> list[Decision]:
        """Return one decision for each manifest; `coordinates` say where each was read."""
        if not manifests:
            return []
        table = ManifestTable(manifests)
        batch = self._extractor.extract(table)
        logits = self.model.logits(batch)
        surprise = self._novelty.surprise(table, self._extractor)
        novelty = surprise * fading(self.model.labels)
        scores, draws = logits + novelty, self._lottery.draws(coordinates)
        selection = self._policy.select(scores, draws)
        self._recent.add(batch, surprise, draws)
        chances = self.model.probabilities(logits)
        scored = _Scored(batch, scores, novelty, chances, selection)
        held = np.flatnonzero(selection.explored | selection.risky).tolist()
        rows = dict(zip(held, rows_of(table, self._extractor.spec, held), strict=True))
        return self._decisions(manifests, coordinates, scored, rows)

    def _decisions(
        self,
        manifests: Sequence[Manifest],
        coordinates: Sequence[Coordinates],
        scored: _Scored,
        rows: dict[int, Row],
    ) -> list[Decision]:
        explored = scored.selection.explored.tolist()
        chances = scored.probability.tolist()
        scores = scored.scores.tolist()
        propensities = scored.selection.propensity.tolist()
        spec = self._extractor.spec
        versions = (self.model.labels, self._policy.budget.version, spec.rules_version)
        decisions = []
        for index, manifest in enumerate(manifests):
            row = rows.get(index)
            topic, partition, offset = coordinates[index]
            decisions.append(
                Decision(
                    decision.SCHEMA_VERSION,
                    f"{topic}:{partition}:{offset}",
                    manifest.item_id,
                    "clear" if row is None else "hold",
                    _arm(row, explored[index]),
                    chances[index],
                    scores[index],
                    propensities[index],
                    scored.selection.threshold,
                    () if row is None else self._why(scored, index, row),
                    manifest.destination_country,
                    *versions,
                    spec.version,
                    manifest.office_of_entry,
                    features=row,
                )
            )
        return decisions

    def _why(self, scored: _Scored, index: int, row: Row) -> tuple[Reason, ...]:
        parts = scored.batch.contributions(self.model.weights, index)
        novelty = float(scored.novelty[index])
        reasons = self._reasons.explain(parts, row, novelty, self.model.evidence)
        if scored.selection.explored[index]:
            return (RANDOM, *reasons)[: decision.MAX_REASONS]
        return reasons or (TOP_SHARE,)


def _arm(row: Row | None, explored: bool) -> Arm:
    if row is None:
        return "release"
    return "exploration" if explored else "risk"
