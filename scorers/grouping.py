"""Sums of columns by group, in one pass over a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes

_FREE = np.int64(-1)


class Groups(NamedTuple):
    """Groups of equal keys in the order of their first row: that row, and the sums of columns."""

    firsts: Integers
    sums: Integers

    def ordered(self, homes: Integers) -> tuple[Groups, list[tuple[int, slice]]]:
        """Return the groups in the order of their homes, and which slice is at which home."""
        order = np.argsort(homes, kind="stable")
        return Groups(self.firsts[order], self.sums[:, order]), list(_slices(homes[order]))


def summed(keys: Hashes, columns: Integers) -> Groups:
    """Return the groups of rows whose keys are equal; `columns` are lines of whole numbers.

    Where there are several times as many keys as rows, every row counts under several keys.

    >>> keys = np.array([7, 9, 7], dtype=np.uint64)
    >>> summed(keys, np.array([[1, 1, 1], [10, 20, 30]]))
    Groups(firsts=array([0, 1]), sums=array([[ 2,  1],
           [40, 20]]))
    """
    size = 1 << max(len(keys) * 2, 1).bit_length()
    firsts = np.empty(len(keys), dtype=np.int64)
    groups = np.empty(len(keys), dtype=np.int64)
    count = _number_groups(keys, np.full(size, _FREE), firsts, groups)
    sums = np.zeros((len(columns), count), dtype=np.int64)
    for line, column in zip(sums, columns, strict=True):
        _add(groups, column, line)
    return Groups(firsts[:count], sums)


@compiled
def _number_groups(keys: Hashes, table: Integers, firsts: Integers, groups: Integers) -> int:
    """Number groups by an open hash table of their first rows; return how many there are."""
    mask = len(table) - 1
    count = 0
    for row in range(len(keys)):
        place = np.int64(keys[row] & np.uint64(mask))
        while table[place] >= 0 and keys[firsts[table[place]]] != keys[row]:
            place = (place + 1) & mask
        if table[place] < 0:
            table[place] = count
            firsts[count] = row
            count += 1
        groups[row] = table[place]
    return count


@compiled
def _add(groups: Integers, column: Integers, line: Integers) -> None:
    """Add a column's values to the sums of their groups, from its start again at its end."""
    rows = len(column)
    for first in range(0, len(groups), max(rows, 1)):
        for row in range(rows):
            line[groups[first + row]] += column[row]


def _slices(homes: Integers) -> Iterator[tuple[int, slice]]:
    ends = [*(np.flatnonzero(homes[1:] != homes[:-1]) + 1).tolist(), len(homes)]
    start = 0
    for end in ends:
        if end > start:
            yield int(homes[start]), slice(start, end)
        start = end
