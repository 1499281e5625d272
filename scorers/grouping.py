"""Sums of columns by group, in one pass over a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes


class Groups(NamedTuple):
    """Groups of equal keys in the order of their first row: that row, and the sums of columns."""

    firsts: Integers
    sums: Integers

    def ordered(self, homes: Integers) -> tuple[Groups, list[tuple[int, slice]]]:
        """Return the groups in the order of their homes, and which slice is at which home."""
        order = homes.argsort(kind="stable")
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
    count = _number_groups(keys, np.zeros(size, np.int64), firsts, groups)
    sums = np.zeros((len(columns), count), dtype=np.int64)
    _add(groups, columns, sums)
    return Groups(firsts[:count], sums)


@compiled
def _number_groups(keys: Hashes, table: Integers, firsts: Integers, groups: Integers) -> int:
    """Number groups by an open hash table of their numbers, from 1; return how many there are."""
    mask = len(table) - 1
    count = 0
    for row in range(len(keys)):
        place = np.int64(keys[row] & np.uint64(mask))
        while table[place] > 0 and keys[firsts[table[place] - 1]] != keys[row]:
            place = (place + 1) & mask
        if table[place] == 0:
            firsts[count] = row
            count += 1
            table[place] = count
        groups[row] = table[place] - 1
    return count


@compiled
def _add(groups: Integers, columns: Integers, sums: Integers) -> None:
    """Add each column's values to the sums of their groups, from its start again at its end."""
    lines, rows = columns.shape
    for line in range(lines):
        for first in range(0, len(groups), max(rows, 1)):
            for row in range(rows):
                sums[line, groups[first + row]] += columns[line, row]


def _slices(homes: Integers) -> Iterator[tuple[int, slice]]:
    changes = (homes[1:] != homes[:-1]).nonzero()[0]
    ends = [*(changes + 1).tolist(), len(homes)]
    start = 0
    for end in ends:
        if end > start:
            yield int(homes[start]), slice(start, end)
        start = end
