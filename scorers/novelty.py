"""How surprising a parcel is before anything was learnt: what seldom goes together."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import FeatureBatch, Floats, Slots
from scorers.features.extractor import COMBINATION_BITS
from scorers.features.spec import FeatureSpec

_SLOPE: Final = 0.2
"""Logits for each unit of surprise, at the start."""

_HALF_LIFE_LABELS: Final = 200.0
"""After so many labels novelty counts half: by then the model knows more."""


class Novelty:
    """Pointwise mutual information of declared combinations, turned around.

    The surprise of a combination is the logarithm of how much more often it would be seen if its
    parts were independent of each other. Plain rarity says nothing: most honest parcels are rare
    in some way. Counts are running ones of the stream, in bounded memory; no label is used.
    """

    def __init__(self, spec: FeatureSpec, bits: int = COMBINATION_BITS) -> None:
        self._spec = spec
        self._dropped = COMBINATION_BITS - bits
        self._counts = np.zeros(2**bits, dtype=np.float64)
        self._seen = 0
        self._names: tuple[str, ...] = ()
        self._signs = np.zeros(0)

    def surprise(self, batch: FeatureBatch) -> Floats:
        """Return the surprise of each parcel, and count the batch."""
        slots = batch.combinations.slots >> np.uint32(self._dropped)
        names = batch.combinations.names
        if names != self._names:
            self._names, self._signs = names, self._signs_of(names)
        surprise = np.zeros(batch.count)
        _compare(slots, self._signs, self._counts, math.log(self._seen + 1.0), surprise)
        _count(slots, self._counts)
        self._seen += batch.count
        return surprise

    def _signs_of(self, names: tuple[str, ...]) -> Floats:
        """Return how often each line counts: as a part for surprise, as a combination against."""
        signs = np.zeros(len(names))
        for parts in self._spec.novelty:
            signs[names.index("+".join(parts))] -= 1
            for part in parts:
                signs[names.index(part)] += 1
        return signs


@compiled
def _compare(
    slots: Slots, signs: Floats, counts: Floats, log_seen: float, surprise: Floats
) -> None:
    """Add up the logarithms of how often each line was seen, one line after the other."""
    for line in range(len(slots)):
        for parcel in range(len(surprise)):
            log = math.log(counts[slots[line, parcel]] + 1.0)
            surprise[parcel] += signs[line] * (log - log_seen)


@compiled
def _count(slots: Slots, counts: Floats) -> None:
    for line in range(len(slots)):
        for parcel in range(slots.shape[1]):
            counts[slots[line, parcel]] += 1.0


def fading(labels: int) -> float:
    """Return the logits for each unit of surprise when a model has learnt so many labels.

    >>> fading(0), fading(200)
    (0.2, 0.1)
    """
    return _SLOPE * _HALF_LIFE_LABELS / (_HALF_LIFE_LABELS + labels)
