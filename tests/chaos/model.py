"""Whether the model that a learner has published is the undisturbed fold of the training log."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep
from typing import Final

import numpy as np

from schemas.example import LabelledExample
from scorers.model.model import Model
from streams.contest.opening import main_recipe
from streams.folding import Fold
from streams.registry.opening import open_registry
from streams.settings import Settings

_PATIENCE_SECONDS: Final = 60.0
"""Without a new version."""


def is_the_fold(settings: Settings, log: Sequence[LabelledExample]) -> bool:
    """Compare the model in force, once it has learnt all, bit for bit."""
    recipe = main_recipe(settings)
    fold = Fold(recipe.extractor, recipe.fresh())
    fold.add(log)
    registry = open_registry(settings)
    deadline, before = monotonic() + _PATIENCE_SECONDS, 0
    while monotonic() < deadline:
        snapshot = registry.in_force()
        if snapshot is not None and snapshot.labels > before:
            deadline, before = monotonic() + _PATIENCE_SECONDS, snapshot.labels
        if snapshot is not None and snapshot.labels >= fold.model.labels:
            return _are_equal(registry.load(snapshot), fold.model)
        sleep(0.1)
    return False


def _are_equal(found: Model, expected: Model) -> bool:
    return (
        np.array_equal(found.ftrl.z, expected.ftrl.z)
        and np.array_equal(found.ftrl.n, expected.ftrl.n)
        and np.array_equal(found.evidence.inspected, expected.evidence.inspected)
        and np.array_equal(found.evidence.violations, expected.evidence.violations)
        and found.calibration == expected.calibration
    )
