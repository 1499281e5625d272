"""Screening of a batch: features, scores, policy and reasons become decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
        surprise = self._novelty.surprise(batch)
        novelty = surprise * fading(self.model.labels)
        scores, draws = logits + novelty, self._lottery.draws(coordinates)
        selection = self._policy.select(scores, draws)
        self._recent.add(batch, surprise, draws)
        chances = self.model.probabilities(logits)
        scored = _Scored(batch, scores, novelty, chances, selection)
        held = np.flatnonzero(selection.explored | selection.risky).tolist()
        rows = rows_of(table, self._extractor.spec, held)
        found = zip(rows, self._why(scored, held, rows), strict=True)
        return self._decisions(manifests, coordinates, scored, dict(zip(held, found, strict=True)))

    def _decisions(
        self,
        manifests: Sequence[Manifest],
        coordinates: Sequence[Coordinates],
        scored: _Scored,
        held: dict[int, tuple[Row, tuple[Reason, ...]]],
    ) -> list[Decision]:
        explored = scored.selection.explored.tolist()
        chances = scored.probability.tolist()
        scores = scored.scores.tolist()
        propensities = scored.selection.propensity.tolist()
        spec = self._extractor.spec
        versions = (self.model.labels, self._policy.budget.version, spec.rules_version)
        decisions = []
        for index, manifest in enumerate(manifests):
            row, reasons = held.get(index, _CLEARED)
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
                    reasons,
                    manifest.destination_country,
                    *versions,
                    spec.version,
                    manifest.office_of_entry,
                    features=row,
                )
            )
        return decisions

    def _why(
        self, scored: _Scored, held: Sequence[int], rows: Sequence[Row]
    ) -> list[tuple[Reason, ...]]:
        """Return the reasons of the held parcels."""
        if not held:
            return []
        parts = scored.batch.contributions(self.model.weights, held)
        found = self._reasons.explain(parts, rows, scored.novelty[held], self.model.evidence)
        explored = scored.selection.explored[held].tolist()
        return [
            (RANDOM, *reasons)[: decision.MAX_REASONS] if drawn else reasons or (TOP_SHARE,)
            for reasons, drawn in zip(found, explored, strict=True)
        ]


_CLEARED: Final = (None, ())


def _arm(row: Row | None, explored: bool) -> Arm:
    if row is None:
        return "release"
    return "exploration" if explored else "risk"
