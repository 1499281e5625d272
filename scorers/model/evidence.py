"""What inspections found for each feature: the evidence behind a reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers, Slots

Counts = npt.NDArray[np.uint16]

_MOST = np.iinfo(np.uint16).max


class Evidence:
    """Numbers of inspected parcels and of violations for each slot; both stop at 65,535.

    A parcel counts once for a slot, however many of its items share it.

    >>> evidence = Evidence(bits=4)
    >>> evidence.add(np.array([3, 3, 3, 5]), np.array([0, 0, 1, 1]), np.array([1.0, 0.0]))
    >>> evidence.of(3), evidence.of(5), evidence.of(7)
    ((1, 2), (0, 1), (0, 0))
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self.inspected: Counts = np.zeros(2**bits, dtype=np.uint16)
        self.violations: Counts = np.zeros(2**bits, dtype=np.uint16)

    def add(self, slots: Slots, parcels: Integers, labels: Floats) -> None:
        """Count inspections: `parcels[i]` has slot `slots[i]`, and `labels` are the parcels'."""
        pairs = np.unique((parcels << self._bits) | slots)
        slots, parcels = pairs & (2**self._bits - 1), pairs >> self._bits
        touched, where = np.unique(slots, return_inverse=True)
        self._increase(self.inspected, touched, np.bincount(where))
        self._increase(self.violations, touched, np.bincount(where, weights=labels[parcels]))

    def of(self, slot: int) -> tuple[int, int]:
        """Return violations and inspections of a slot."""
        return int(self.violations[slot]), int(self.inspected[slot])

    @staticmethod
    def _increase(counts: Counts, slots: Slots, more: npt.NDArray[np.generic]) -> None:
        total = counts[slots].astype(np.int64) + more.astype(np.int64)
        counts[slots] = np.minimum(total, _MOST).astype(np.uint16)
