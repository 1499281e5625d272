"""How surprising a parcel is before anything was learnt: what seldom goes together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from scorers.features.batch import Floats, Slots
from scorers.features.declared import Table
from scorers.features.extractor import Extractor
from scorers.features.hashing import Hashes, hash_text
from scorers.features.spec import FeatureSpec

_BITS: Final = 20
_HASH_BITS: Final = 64
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

    def __init__(self, spec: FeatureSpec, bits: int = _BITS) -> None:
        self._combinations = spec.novelty
        names = dict.fromkeys(name for parts in spec.novelty for name in parts)
        self._fields = [spec.field_named(name) for name in names]
        self._shift = np.uint64(_HASH_BITS - bits)
        self._counts = np.zeros(2**bits, dtype=np.float64)
        self._seen = 0

    def surprise(self, table: Table, extractor: Extractor) -> Floats:
        """Return the surprise of each parcel, and count the batch."""
        if not self._combinations:
            return np.zeros(len(table))
        hashes = extractor.hashes(table, self._fields)
        every = [*((name,) for name in hashes), *self._combinations]
        slots: dict[tuple[str, ...], Slots] = {parts: self._slots(parts, hashes) for parts in every}
        logs = {parts: np.log(self._counts[at] + 1.0) for parts, at in slots.items()}
        stream = float(np.log(self._seen + 1.0))
        surprise = np.zeros(len(table))
        for parts in self._combinations:
            surprise += sum(logs[name,] - stream for name in parts) - (logs[parts] - stream)
        for at in slots.values():
            np.add.at(self._counts, at, 1.0)
        self._seen += len(table)
        return surprise

    def _slots(self, parts: tuple[str, ...], hashes: Mapping[str, Hashes]) -> Slots:
        salt = np.uint64(hash_text("novelty:" + "+".join(parts)))
        total = np.full(len(hashes[parts[0]]), salt, dtype=np.uint64)
        for name in parts:
            total += hashes[name]
        return (total >> self._shift).view(np.int64)


def fading(labels: int) -> float:
    """Return the logits for each unit of surprise when a model has learnt so many labels.

    >>> fading(0), fading(200)
    (0.2, 0.1)
    """
    return _SLOPE * _HALF_LIFE_LABELS / (_HALF_LIFE_LABELS + labels)
