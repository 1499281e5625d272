"""Which columns are added up for which feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Block, Floats, Integers, Slots
from scorers.features.fields import Cross
from scorers.features.hashing import Hashes, hash_column
from scorers.features.spec import RESERVED

Places = npt.NDArray[np.uint64]

_HASH_BITS: Final = 64


class Plan:
    """The features of one level, compiled for a matrix with a line for each of `columns`.

    A cross is the sum of its parts' hashes and of its own salt; its slot is the upper `bits` of it.
    """

    def __init__(self, features: Sequence[Cross], columns: Sequence[str], bits: int) -> None:
        # The order in which contributions are added up: simple features first.
        features = sorted(features, key=lambda cross: len(cross.fields))
        self.names = tuple(cross.name or RESERVED for cross in features)
        self._scales = np.array([cross.scale for cross in features])
        self._shift = np.uint64(_HASH_BITS - bits)
        self._salts = hash_column([f"cross:{name}" for name in self.names])
        parts = [columns.index(part) for cross in features for part in cross.fields]
        self._parts = np.array(parts, dtype=np.uint64)
        sizes = [0, *(len(cross.fields) for cross in features)]
        self._starts = np.cumsum(sizes, dtype=np.uint64)

    def block(
        self, hashes: Hashes, rows: Integers | None = None, share: Floats | None = None
    ) -> Block:
        """Return the slots of all features for all columns of `hashes`."""
        slots: Slots = np.empty((len(self.names), hashes.shape[1]), dtype=np.uint32)
        _cross(hashes, self._starts, self._parts, self._salts, self._shift, slots)
        return Block(self.names, self._scales, slots, rows, share)


@compiled
def _cross(
    hashes: Hashes, starts: Places, parts: Places, salts: Hashes, shift: np.uint64, slots: Slots
) -> None:
    """Write the slots of each feature: its parts are `parts[starts[f] : starts[f + 1]]`."""
    sums = np.empty(hashes.shape[1], dtype=np.uint64)
    for feature in range(len(salts)):
        sums[:] = salts[feature]
        for place in range(starts[feature], starts[feature + 1]):
            line = parts[place]
            for column in range(len(sums)):
                sums[column] += hashes[line, column]
        for column in range(len(sums)):
            slots[feature, column] = sums[column] >> shift
