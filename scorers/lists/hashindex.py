"""Places by hash, asked for whole columns of hashes of which hardly any is known."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(63)
_ONE: Final = np.uint64(1)
_SHIFTS: Final = tuple(np.uint64(shift) for shift in (0, 6, 12, 18))
_LEAST_BITS: Final = 10
_FINER: Final = 3
"""Bits more of a hash by which most of those that are not known are passed over."""


class HashSet:
    """A blocked Bloom filter (Putze et al., WEA 2007): four bits in one 64-bit word for each hash.

    What was added is always found. About one of ten thousand other hashes is found as well.

    >>> HashSet(np.array([3, 5], dtype=np.uint64)).having(np.array([4, 5], dtype=np.uint64))
    array([False,  True])
    """

    def __init__(self, hashes: Hashes) -> None:
        bits = max(_LEAST_BITS, len(hashes).bit_length() - 1)
        self._shift = np.uint64(64 - bits)
        self._words = np.zeros(2**bits, dtype=np.uint64)
        place, low = self._placed(hashes)
        for shift in _SHIFTS:
            np.bitwise_or.at(self._words, place, _ONE << ((low >> shift) & _LOW))

    def having(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Return which of the hashes were added, or look like it."""
        place, low = self._placed(hashes)
        words = self._words[place]
        hit = words >> (low & _LOW)
        for shift in _SHIFTS[1:]:
            hit &= words >> ((low >> shift) & _LOW)
        found: npt.NDArray[np.bool_] = (hit & _ONE).astype(np.bool_)
        return found

    def _placed(self, hashes: Hashes) -> tuple[Integers, Hashes]:
        """Return the word of each hash, and the number whose low bits choose bits in it."""
        spread = hashes * _SPREAD
        spread ^= spread >> _HALF
        spread *= _SPREAD
        return (spread >> self._shift).view(np.int64), spread


class HashIndex:
    """Places by hash; a hash may have several.

    Hashes stand in order, and a table says where those begin that start with the same bits: about
    one of them, where a search by halves would look at twenty.

    >>> index = HashIndex(np.array([7, 9, 7], np.uint64), np.array([0, 1, 2]), most=10)
    >>> index.find(np.array([8, 7], np.uint64))
    (array([1, 1]), array([0, 2]))
    """

    def __init__(self, hashes: Hashes, places: Integers, most: int) -> None:
        hashes = hashes * _SPREAD
        order = np.lexsort((places, hashes))
        hashes, places = hashes[order], places[order]
        known = np.diff(hashes, prepend=~hashes[:1]) != 0
        fresh = known | (np.diff(places, prepend=-1) != 0)
        self._places = places[fresh]
        self._hashes = hashes[known]
        self._starts = np.append(np.flatnonzero(known[fresh]), len(self._places))
        bits = max(_LEAST_BITS, len(self._hashes).bit_length())
        self._shift, self._fine_shift = np.uint64(64 - bits), np.uint64(64 - bits - _FINER)
        begin = np.searchsorted(self._hashes >> self._shift, np.arange(2**bits, dtype=np.uint64))
        self._begin = np.append(begin, len(self._hashes)).astype(np.int32)
        self._some = np.zeros(2 ** (bits + _FINER), dtype=np.bool_)
        self._some[self._hashes >> self._fine_shift] = True
        self._most = most

    def find(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return which of the hashes are known, and the places of each, at most `most`."""
        asked, found = self._found(hashes * _SPREAD)
        if not len(asked):
            return asked, found
        starts = self._starts[found]
        counts = np.minimum(self._starts[found + 1] - starts, self._most)
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(asked, counts), self._places[np.repeat(starts, counts) + steps]

    def _found(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return which of the hashes are known, and where."""
        left = np.flatnonzero(self._some.take((hashes >> self._fine_shift).view(np.int64)))
        if not len(left):
            return left, left
        start = (hashes[left] >> self._shift).view(np.int64)
        first = self._begin[start]
        sizes = self._begin[start + 1] - first
        owner = np.repeat(left, sizes)
        beside = np.arange(len(owner)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
        same = np.flatnonzero(self._hashes[beside] == hashes[owner])
        return owner[same], beside[same]
