"""How much each feature moves scores, and what to call it."""

from __future__ import annotations

from collections import Counter

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.evaluation.scoring import Apprentice
from scorers.features.batch import Block, Floats, Weights
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable

_BATCH = 1_000


def mean_contributions(apprentice: Apprentice, cases: Cases) -> dict[str, float]:
    """Return each feature's mean absolute contribution to the logits of `cases`, by readable name.

    Weights of a hashed model have no names of their own, but what they add to a parcel has.
    """
    totals: Counter[str] = Counter()
    weights = apprentice.model.weights
    for batch in cases.batches(_BATCH):
        features = apprentice.extractor.extract(ManifestTable(batch.manifests))
        for block in features.blocks:
            added = _absolute(block, weights, features.count)
            totals.update(dict(zip(block.names, added.tolist(), strict=True)))
    names = readable_names(apprentice.extractor.spec)
    return {names.get(name, name): total / len(cases) for name, total in totals.items()}


def readable_names(spec: FeatureSpec) -> dict[str, str]:
    """Return each feature's labels; a label of several fields is told apart by the field's name."""
    counts = Counter(field.label for field in spec.fields)
    labels = {
        field.name: field.label if counts[field.label] == 1 else f"{field.label} ({field.name})"
        for field in spec.fields
    }
    return {
        cross.name: " × ".join(labels[name] for name in cross.fields) for cross in spec.features
    }


def _absolute(block: Block, weights: Weights, count: int) -> Floats:
    """Return the sum over parcels of each feature's absolute contribution."""
    added = block.scales[:, np.newaxis] * weights[block.slots]
    if block.rows is not None and block.share is not None:
        rows, shared = block.rows, added * block.share
        added = np.array([np.bincount(rows, line, count) for line in shared])
    total: Floats = np.abs(added).sum(axis=1)
    return total
