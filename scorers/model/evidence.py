"""What inspections found for each feature: the evidence behind a reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scorers.features.batch import FeatureBatch, Floats

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
        found = labels.astype(np.uint32)
        for block in batch.blocks:
            slots, parcels, _ = block.occurrences()
            if block.rows is not None:
                pairs = np.sort((parcels << self._bits) | slots)
                pairs = pairs[np.diff(pairs, prepend=-1) != 0]
                slots, parcels = pairs & (2**self._bits - 1), pairs >> self._bits
            np.add.at(self.inspected, slots, np.uint32(1))
            np.add.at(self.violations, slots, found[parcels])

    def of(self, slot: int) -> tuple[int, int]:
        """Return violations and inspections of a slot."""
        return int(self.violations[slot]), int(self.inspected[slot])
