"""What inspections found for each feature: the evidence behind a reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import FeatureBatch, Flags, Floats, Integers, Slots

Counts = npt.NDArray[np.uint32]


class Evidence:
    """Numbers of inspected parcels and of violations for each slot.

    A parcel counts once for each of its features, however many of its items share one.
    """

    def __init__(self, bits: int) -> None:
        self.inspected: Counts = np.zeros(2**bits, dtype=np.uint32)
        self.violations: Counts = np.zeros(2**bits, dtype=np.uint32)

    def add(self, batch: FeatureBatch, labels: Floats) -> None:
        """Count the inspections of a batch: `labels` are 1 for a violation, else 0."""
        found = labels.astype(np.bool_)
        for block in batch.blocks:
            if block.rows is None:
                _count(block.slots, found, self.inspected, self.violations)
            else:
                _count_once(block.slots, block.rows, found, self.inspected, self.violations)

    def of(self, slot: int) -> tuple[int, int]:
        """Return violations and inspections of a slot."""
        return int(self.violations[slot]), int(self.inspected[slot])

    def among(self, slots: Slots) -> tuple[Counts, Counts]:
        """Return the violations and the inspections of each slot."""
        return self.violations[slots], self.inspected[slots]


@compiled
def _count(slots: Slots, found: Flags, inspected: Counts, violations: Counts) -> None:
    """Count each parcel, of which there is one in each column, for each of its features."""
    for feature in range(len(slots)):
        for parcel in range(slots.shape[1]):
            inspected[slots[feature, parcel]] += 1
            violations[slots[feature, parcel]] += found[parcel]


@compiled
def _count_once(
    slots: Slots, rows: Integers, found: Flags, inspected: Counts, violations: Counts
) -> None:
    """Count each parcel once for each slot; its columns follow each other."""
    before = np.empty(slots.shape, dtype=np.uint32)
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end] != rows[start]:
            part = slots[:, start:end]
            _add_one(part, before, inspected)
            if found[rows[start]]:
                _add_one(part, before, violations)
            start = end


@compiled
def _add_one(slots: Slots, before: Counts, counts: Counts) -> None:
    """Add one to each slot: what is written to one that occurs again is the same each time."""
    for feature in range(len(slots)):
        for column in range(slots.shape[1]):
            before[feature, column] = counts[slots[feature, column]]
    for feature in range(len(slots)):
        for column in range(slots.shape[1]):
            counts[slots[feature, column]] = before[feature, column] + np.uint32(1)
