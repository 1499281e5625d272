"""Which columns are added up for which feature."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Block, Floats, Integers, Slots
from scorers.features.fields import Cross
from scorers.features.hashing import Hashes, hash_column
from scorers.features.spec import RESERVED

_HASH_BITS: Final = 64


class LevelHashes(NamedTuple):
    """Hashes of one level: a line for each column, and of which value of the level before
    each value is a part."""

    hashes: Hashes
    owners: Integers


class _Parts(NamedTuple):
    """Lines of the columns that are parts of features: `lines[starts[f] : starts[f + 1]]` of f."""

    starts: npt.NDArray[np.uint64]
    lines: npt.NDArray[np.uint64]


class Plan:
    """The features of one level, compiled for a matrix with a line for each of `columns`.

    A cross is the sum of its parts' hashes and of its own salt; its slot is the upper `bits` of it.
    A part may stand at one of the `finer` levels, whose columns are in matrices of their own.
    """

    def __init__(
        self,
        features: Sequence[Cross],
        columns: Sequence[str],
        bits: int,
        finer: Sequence[Sequence[str]] = (),
    ) -> None:
        # The order in which contributions are added up: simple features first.
        features = sorted(features, key=lambda cross: len(cross.fields))
        self.names = tuple(cross.name or RESERVED for cross in features)
        self._scales = np.array([cross.scale for cross in features])
        self._shift = np.uint64(_HASH_BITS - bits)
        self._salts = hash_column([f"cross:{name}" for name in self.names])
        self._parts = _parts_among(columns, features)
        self._finer = [_parts_among(names, features) for names in finer]

    def block(self, hashes: Hashes) -> Block:
        """Return the slots of all features for all columns of `hashes`."""
        slots = self._slots(hashes.shape[1])
        _cross(hashes, self._parts, self._salts, self._shift, slots)
        return Block(self.names, self._scales, slots)

    def finer_block(
        self, hashes: Hashes, finer: Sequence[LevelHashes], rows: Integers, share: Floats
    ) -> Block:
        """Return the slots of all features for all values of the finest level.

        `rows` and `share` are those of the block.
        """
        sums = self._salts[:, None].repeat(hashes.shape[1], axis=1)
        _add_parts(hashes, self._parts, sums)
        for level, parts in zip(finer, self._finer, strict=True):
            sums = sums.take(level.owners, axis=1)
            _add_parts(level.hashes, parts, sums)
        slots = self._slots(sums.shape[1])
        np.right_shift(sums, self._shift, out=slots, casting="unsafe")
        return Block(self.names, self._scales, slots, rows, share)

    def _slots(self, count: int) -> Slots:
        return np.empty((len(self.names), count), dtype=np.uint32)


def _parts_among(columns: Sequence[str], features: Sequence[Cross]) -> _Parts:
    """Return the parts of features that are among some columns."""
    places = {name: line for line, name in enumerate(columns)}
    lines = [[places[part] for part in cross.fields if part in places] for cross in features]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.uint64)
    return _Parts(starts, np.array([*chain.from_iterable(lines)], dtype=np.uint64))


@compiled
def _cross(hashes: Hashes, parts: _Parts, salts: Hashes, shift: np.uint64, slots: Slots) -> None:
    """Write the slots of features, each line as long as a line of `hashes`."""
    sums = np.empty(hashes.shape[1], dtype=np.uint64)
    for feature in range(len(salts)):
        sums[:] = salts[feature]
        for place in range(parts.starts[feature], parts.starts[feature + 1]):
            line = parts.lines[place]
            for column in range(len(sums)):
                sums[column] += hashes[line, column]
        for column in range(len(sums)):
            slots[feature, column] = sums[column] >> shift


@compiled
def _add_parts(hashes: Hashes, parts: _Parts, sums: Hashes) -> None:
    """Add the hashes of its parts to each feature's line."""
    for feature in range(len(sums)):
        for place in range(parts.starts[feature], parts.starts[feature + 1]):
            line = parts.lines[place]
            for column in range(sums.shape[1]):
                sums[feature, column] += hashes[line, column]
