"""Models that have learnt what a bench's own decisions held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from schemas.decision import Decision
from schemas.example import LabelledExample
from scorers.features.extractor import Extractor
from scorers.model.model import Model
from streams.folding import Fold

INSPECTED: Final = datetime(2026, 11, 1, tzinfo=UTC)
MINI_BATCH: Final = 64
_VIOLATIONS: Final = 3


def examples_of(held: Sequence[Decision]) -> list[LabelledExample]:
    """Return held decisions with their labels, every third a violation."""
    return [
        LabelledExample(
            schema_version=1,
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            outcome_id="",
            inspected_at=INSPECTED,
            label=number % _VIOLATIONS == 0,
            arm=decision.arm,
            probability=decision.probability,
            propensity=decision.propensity,
            closes_batch=number % MINI_BATCH == 0 or number == len(held),
            features=decision.features or {},
        )
        for number, decision in enumerate(held, start=1)
    ]


def taught_model(extractor: Extractor, held: Sequence[Decision]) -> Model:
    """Return a model that has learnt these holds."""
    model = Model(extractor.bits)
    Fold(extractor, model).add(examples_of(held))
    return model
