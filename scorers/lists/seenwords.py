"""Words with some numbers each, found by their letters: whole columns of words at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes

_FITTING: Final = 8
"""Letters that fit a number."""

MOST_LETTERS: Final = 2 * _FITTING
"""Longer words are not remembered."""

_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(_FITTING + 1)], dtype=np.uint64)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)

_SLOT_BITS: Final = 18
_SHIFT: Final = np.uint64(64 - _SLOT_BITS)
_WORDS: Final = 1 << (_SLOT_BITS - 1)
_NOTHING: Final = 0
"""Line of no word, to which slots lead that are empty."""


class Letters(NamedTuple):
    """Words by their letters: the first ones and those behind them as numbers, and how many."""

    front: Hashes
    back: Hashes
    length: Hashes

    def some(self, which: Integers) -> Letters:
        """Return some of the words."""
        return Letters(self.front[which], self.back[which], self.length[which])

    def slots(self) -> Integers:
        """Return a place for each word."""
        spread = self.front * _SPREAD
        spread ^= spread >> _HALF
        spread += self.back
        spread *= _SPREAD
        return (spread >> _SHIFT).view(np.int64)


def letters_of(text: bytes, starts: Integers, length: Integers) -> Letters:
    """Return the letters of the words that stand in a text."""
    padded = text + bytes(2 * _FITTING)
    numbers = np.ndarray(len(text) + _FITTING + 1, np.dtype("<u8"), padded, strides=(1,))
    front = numbers[starts] & _MASKS[np.minimum(length, _FITTING)]
    back = numbers[starts + _FITTING] & _MASKS[np.clip(length - _FITTING, 0, _FITTING)]
    return Letters(front, back, length.view(np.uint64))


class SeenWords:
    """Words seen since `clear`, each with `width` numbers, in arrays of a fixed size."""

    def __init__(self, width: int) -> None:
        self._lines = np.zeros((_WORDS, len(Letters._fields) + width), dtype=np.uint64)
        self._slots = np.empty(1 << _SLOT_BITS, dtype=np.int32)
        self.clear()

    @property
    def nearly_full(self) -> bool:
        """Whether there is room for less than an eighth more."""
        return self._used > _WORDS - _WORDS // 8

    def clear(self) -> None:
        """Forget all words."""
        self._slots.fill(_NOTHING)
        self._used = 1

    def find(self, letters: Letters) -> tuple[Hashes, Integers]:
        """Return a line for each number of the words, and which words are not known: theirs mean
        nothing."""
        slots = letters.slots()
        # Word by word together in memory, line by line from here on.
        found = np.ascontiguousarray(self._lines.take(self._slots.take(slots), axis=0).T)
        other = np.flatnonzero(_differ(found, letters))
        if len(other):
            # Of two words with one slot, the second to come has the place beside it.
            beside = self._lines.take(self._slots.take(slots[other] ^ 1), axis=0).T
            found[:, other] = beside
            other = other[_differ(beside, letters.some(other))]
        return found[len(letters) :], other

    def add(self, letters: Letters, numbers: Hashes) -> None:
        """Remember new words, with a line for each of their numbers; what is too long is not."""
        which = np.flatnonzero(letters.length <= MOST_LETTERS)[: _WORDS - self._used]
        lines = np.arange(self._used, self._used + len(which))
        self._used += len(which)
        for column, values in enumerate(letters.some(which)):
            self._lines[lines, column] = values
        self._lines[lines, len(letters) :] = numbers[:, which].T
        slots = letters.some(which).slots()
        self._slots[np.where(self._slots[slots] == _NOTHING, slots, slots ^ 1)] = lines


def _differ(found: Hashes, letters: Letters) -> npt.NDArray[np.bool_]:
    front, back, length = found[: len(letters)]
    differ = front != letters.front
    differ |= back != letters.back
    differ |= length != letters.length
    return np.asarray(differ)
