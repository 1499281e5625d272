"""Texts that come again, in a column and in later ones, found by a compiled loop."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import WORD, Bytes, Places, Texts, are_equal_at
from scorers.hashindex import Flags

_EMPTY: Final = -1
_LEAST_BITS: Final = 4
_USUAL_SIZE: Final = 32


class _Table(NamedTuple):
    """An open hash table of numbers, and of each number its text's hash, place and size."""

    slots: npt.NDArray[np.int32]
    hashes: Hashes
    starts: Places
    sizes: Places


class SeenTexts:
    """Gives each different text a number, the same whenever it comes again.

    New texts count once `settle` is called: if that fails to happen, or more than twice `most` are
    known, all are forgotten. `marks` is a flag for each number, False until it is set.

    >>> from scorers.features.hashing import hashed
    >>> from scorers.features.texts import texts_of
    >>> seen, texts = SeenTexts(100), texts_of(["mug", "tee", "mug"])
    >>> seen.number(texts, hashed(texts))
    (array([0, 1]), array([0, 1, 0]))
    >>> seen.settle()
    >>> seen.number(texts, hashed(texts))
    (array([], dtype=int64), array([0, 1, 0]))
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._table, self._data, self.marks = _room(most)
        self._settled = self._count = self._used = 0

    def number(self, texts: Texts, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return where each new text stands first, and the number of each text.

        New numbers follow those before, in the order of the texts.
        """
        count, size = len(hashes), int(texts.sizes.sum())
        if self._settled < self._count or self._count + count > len(self.marks):
            self._clear(count)
        if self._used + size + WORD > len(self._data):
            self._data = np.concatenate([self._data, np.zeros(len(self._data) + size, np.uint8)])
        firsts, numbers = np.empty((2, count), dtype=np.int64)
        known = self._count
        self._count, self._used = _number(
            texts, hashes, self._table, self._data, known, self._used, firsts, numbers
        )
        return firsts[: self._count - known], numbers

    def settle(self) -> None:
        """Let the texts numbered so far count."""
        self._settled = self._count

    def _clear(self, count: int) -> None:
        """Forget all texts, and make room for so many at once."""
        self._table, self._data, self.marks = _room(max(self._most, count))
        self._settled = self._count = self._used = 0


def _room(most: int) -> tuple[_Table, Bytes, Flags]:
    """Return a table for twice as many texts, room for their bytes, and a flag for each."""
    most *= 2
    slots = np.full(1 << max(_LEAST_BITS, (2 * most).bit_length()), _EMPTY, dtype=np.int32)
    numbers = np.empty((2, most), dtype=np.int64)
    table = _Table(slots, np.empty(most, dtype=np.uint64), *numbers)
    data = np.zeros(_USUAL_SIZE * most + WORD, dtype=np.uint8)
    return table, data, np.zeros(most, dtype=np.bool_)


@compiled
def _number(
    texts: Texts,
    hashes: Hashes,
    table: _Table,
    data: Bytes,
    count: int,
    used: int,
    firsts: Integers,
    numbers: Integers,
) -> tuple[int, int]:
    """Set numbers, and where new texts are; return how many texts and bytes are known by then."""
    new, last = 0, len(table.slots) - 1
    for row in range(len(hashes)):
        slot = np.int64(hashes[row] & np.uint64(last))
        while table.slots[slot] != _EMPTY and not _same(
            texts, hashes, row, table, data, table.slots[slot]
        ):
            slot = (slot + 1) & last
        if table.slots[slot] == _EMPTY:
            table.slots[slot] = count
            used = _add(texts, hashes, row, table, data, count, used)
            firsts[new] = row
            new += 1
            count += 1
        numbers[row] = table.slots[slot]
    return count, used


@compiled
def _same(texts: Texts, hashes: Hashes, row: int, table: _Table, data: Bytes, number: int) -> bool:
    size = texts.sizes[row]
    # Two texts may share a hash.
    if table.hashes[number] != hashes[row] or table.sizes[number] != size:
        return False
    return are_equal_at(texts.data, texts.starts[row], data, table.starts[number], size)


@compiled
def _add(
    texts: Texts, hashes: Hashes, row: int, table: _Table, data: Bytes, number: int, used: int
) -> int:
    size, start = texts.sizes[row], texts.starts[row]
    table.hashes[number], table.starts[number], table.sizes[number] = hashes[row], used, size
    data[used : used + size] = texts.data[start : start + size]
    return used + int(size)
