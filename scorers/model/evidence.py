"""What inspections found for each feature: the evidence behind a reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scorers.features.batch import FeatureBatch, Floats, Slots

Counts = npt.NDArray[np.uint32]


class Evidence:
    """Numbers of inspected parcels and of violations for each slot.

    A parcel counts once for each of its features, however many of its items share one.
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self.inspected: Counts = np.zeros(2**bits, dtype=np.uint32)
        self.violations: Counts = np.zeros(2**bits, dtype=np.uint32)

    def add(self, batch: FeatureBatch, labels: Floats) -> None:
        """Count the inspections of a batch: `labels` are 1 for a violation, else 0."""
        found = labels.astype(np.bool_)
        for block in batch.blocks:
            if block.rows is None:
                slots, violating = block.slots, block.slots[:, found]
            else:
                pairs = np.sort(((block.rows << self._bits) | block.slots).ravel())
                pairs = pairs[np.diff(pairs, prepend=-1) != 0]
                slots = pairs & (2**self._bits - 1)
                violating = slots[found[pairs >> self._bits]]
            # Whole numbers: in whatever order they are added, the counts are the same.
            np.add.at(self.inspected, slots.ravel(), np.uint32(1))
            np.add.at(self.violations, violating.ravel(), np.uint32(1))

    def of(self, slot: int) -> tuple[int, int]:
        """Return violations and inspections of a slot."""
        return int(self.violations[slot]), int(self.inspected[slot])

    def among(self, slots: Slots) -> tuple[Counts, Counts]:
        """Return the violations and the inspections of each slot."""
        return self.violations[slots], self.inspected[slots]
