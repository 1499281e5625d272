"""Texts that come again in a column, found by a compiled loop."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Texts, are_equal_at

_EMPTY: Final = -1
_LEAST_BITS: Final = 4


def distinct(texts: Texts, hashes: Hashes) -> tuple[Integers, Integers]:
    """Return where each different text stands first, and for each text which of those it is.

    >>> from scorers.features.hashing import hashed
    >>> from scorers.features.texts import texts_of
    >>> texts = texts_of(["mug", "tee", "mug"])
    >>> distinct(texts, hashed(texts))
    (array([0, 1]), array([0, 1, 0]))
    """
    firsts, numbers = np.empty((2, len(hashes)), dtype=np.int64)
    slots = np.full(1 << max(_LEAST_BITS, (2 * len(hashes)).bit_length()), _EMPTY, dtype=np.int64)
    count = _distinct(texts, hashes, slots, firsts, numbers)
    return firsts[:count], numbers


@compiled
def _distinct(
    texts: Texts, hashes: Hashes, slots: Integers, firsts: Integers, numbers: Integers
) -> int:
    count = 0
    last = len(slots) - 1
    for row in range(len(hashes)):
        slot = np.int64(hashes[row] & np.uint64(last))
        while slots[slot] != _EMPTY:
            known = firsts[slots[slot]]
            # Two texts may share a hash.
            if hashes[known] == hashes[row] and _same(texts, known, row):
                break
            slot = (slot + 1) & last
        if slots[slot] == _EMPTY:
            slots[slot] = count
            firsts[count] = row
            count += 1
        numbers[row] = slots[slot]
    return count


@compiled
def _same(texts: Texts, left: int, right: int) -> bool:
    size = texts.sizes[left]
    if texts.sizes[right] != size:
        return False
    return are_equal_at(texts.data, texts.starts[left], texts.data, texts.starts[right], size)
