"""Which columns are added up for which feature."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np

from scorers.features.batch import Block, Floats, Integers, Slots
from scorers.features.fields import Cross
from scorers.features.hashing import Hashes, hash_column
from scorers.features.spec import RESERVED

_HASH_BITS: Final = 64


class Plan:
    """The features of one level, compiled for a matrix with a line for each of `columns`.

    A cross is the sum of its parts' hashes and of its own salt; its slot is the upper `bits` of it.
    """

    def __init__(self, features: Sequence[Cross], columns: Sequence[str], bits: int) -> None:
        # Crosses of as many parts stand together, so that each order takes few array operations.
        features = sorted(features, key=_order)
        self.names = tuple(cross.name or RESERVED for cross in features)
        self._scales = np.array([cross.scale for cross in features])
        self._shift = np.uint64(_HASH_BITS - bits)
        self._salts = hash_column([f"cross:{name}" for name in self.names])[:, None]
        self._groups: list[tuple[slice, Integers]] = []
        start = 0
        for order, crosses in groupby(features, _order):
            index = [[columns.index(part) for part in cross.fields] for cross in crosses]
            span = slice(start, start + len(index))
            self._groups.append((span, np.array(index, np.int64).reshape(len(index), order)))
            start = span.stop

    def block(
        self, hashes: Hashes, rows: Integers | None = None, share: Floats | None = None
    ) -> Block:
        """Return the slots of all features for all columns of `hashes`."""
        sums = np.empty((len(self.names), hashes.shape[1]), dtype=np.uint64)
        for span, index in self._groups:
            sums[span] = self._salts[span]
            for parts in index.T:
                sums[span] += hashes[parts]
        sums >>= self._shift
        slots: Slots = sums.view(np.int64)
        return Block(self.names, self._scales, slots, rows, share)


def _order(cross: Cross) -> int:
    return len(cross.fields)
