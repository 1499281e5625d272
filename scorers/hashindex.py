"""Places by hash, asked for many hashes of which hardly any is known.

Each index is one array: loops that look up millions of hashes pass nothing else around.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes

Flags = npt.NDArray[np.bool_]

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(63)
_ONE: Final = np.uint64(1)
_WORD_BITS: Final = np.uint64(6)
_SHIFTS: Final = tuple(np.uint64(shift) for shift in (0, 6, 12, 18))
_LEAST_BITS: Final = 10

_FINER: Final = 3
"""Bits more of a hash by which most of those that are not known are passed over."""

_FILTER_SHIFT, _SLOT_SHIFT, _SLOTS, _LAST_SLOT, _HEADER = range(5)
"""What the first numbers of an index say: how far a hash is shifted to be a bit of its filter, or
a slot; where slots begin, and how many there are but one. The filter comes next."""

MOST_PLACES: Final = (1 << 16) - 1
"""Of one hash."""

_COUNT_BITS: Final = np.uint64(16)
_COUNT: Final = np.uint64(MOST_PLACES)
_NOTHING: Final = np.uint64(0)
_NOWHERE: Final = np.int64(0)


@compiled
def is_in(words: Hashes, value: np.uint64) -> bool:
    """Tell whether a hash was added to the set of these words, or looks like it."""
    spread = value * _SPREAD
    spread ^= spread >> _HALF
    spread *= _SPREAD
    word = words[np.int64(spread >> words[0]) + 1]
    hit = word >> (spread & _LOW)
    hit &= word >> ((spread >> _SHIFTS[1]) & _LOW)
    hit &= word >> ((spread >> _SHIFTS[2]) & _LOW)
    hit &= word >> ((spread >> _SHIFTS[3]) & _LOW)
    return bool(hit & _ONE)


@compiled
def _having(words: Hashes, hashes: Hashes, found: Flags) -> None:
    for place in range(len(hashes)):
        found[place] = is_in(words, hashes[place])


class HashSet:
    """A blocked Bloom filter (Putze et al., WEA 2007): four bits in one 64-bit word for each hash.

    What was added is always found. About one of ten thousand other hashes is found as well. The
    first of `words` says how far a hash is shifted to be the number of one of the others.

    >>> HashSet(np.array([3, 5], dtype=np.uint64)).having(np.array([4, 5], dtype=np.uint64))
    array([False,  True])
    """

    def __init__(self, hashes: Hashes) -> None:
        bits = max(_LEAST_BITS, len(hashes).bit_length() - 1)
        self.words = np.zeros(2**bits + 1, dtype=np.uint64)
        self.words[0] = 64 - bits
        spread = hashes * _SPREAD
        spread ^= spread >> _HALF
        spread *= _SPREAD
        place = (spread >> self.words[0]).view(np.int64) + 1
        for shift in _SHIFTS:
            np.bitwise_or.at(self.words, place, _ONE << ((spread >> shift) & _LOW))

    def having(self, hashes: Hashes) -> Flags:
        """Return which of the hashes were added, or look like it."""
        found: Flags = np.empty(len(hashes), dtype=np.bool_)
        _having(self.words, hashes, found)
        return found


@compiled
def _may_have(index: Hashes, spread: np.uint64) -> bool:
    """Tell whether the filter lets a spread hash pass."""
    bit = spread >> index[_FILTER_SHIFT]
    word = index[_HEADER + np.int64(bit >> _WORD_BITS)]
    return bool((word >> (bit & _LOW)) & _ONE)


@compiled
def _in_slots(index: Hashes, spread: np.uint64) -> tuple[np.int64, np.int64]:
    """Return where the places of a spread hash begin and end; the same if there are none."""
    slot = np.int64(spread >> index[_SLOT_SHIFT])
    slots, last = np.int64(index[_SLOTS]), np.int64(index[_LAST_SLOT])
    while index[slots + 2 * slot + 1] != _NOTHING:
        if index[slots + 2 * slot] == spread:
            said = index[slots + 2 * slot + 1]
            begin = np.int64(said >> _COUNT_BITS)
            return begin, begin + np.int64(said & _COUNT)
        slot = (slot + 1) & last
    return _NOWHERE, _NOWHERE


@compiled
def places_of_hash(index: Hashes, value: np.uint64) -> tuple[np.int64, np.int64]:
    """Return where in an index the places of a hash begin and end; the same if it has none."""
    spread = value * _SPREAD
    if not _may_have(index, spread):
        return _NOWHERE, _NOWHERE
    return _in_slots(index, spread)


@compiled
def passing(index: Hashes, hashes: Hashes) -> Integers:
    """Return which hashes an index may have: all that it has, and few others.

    Nothing branches on a bit, so that the processor reads the next ones while it waits for it.
    """
    passed = np.empty(len(hashes) + 1, dtype=np.int64)
    count = 0
    for number in range(len(hashes)):
        passed[count] = number
        count += _may_have(index, hashes[number] * _SPREAD)
    return passed[:count]


@compiled
def places_of_hashes(index: Hashes, hashes: Hashes, begin: Integers, end: Integers) -> None:
    """Set where in an index the places of each hash begin and end; the same if it has none."""
    begin[:] = _NOWHERE
    end[:] = _NOWHERE
    for number in passing(index, hashes):
        begin[number], end[number] = _in_slots(index, hashes[number] * _SPREAD)


@compiled
def find_places(index: Hashes, hashes: Hashes) -> tuple[Integers, Integers]:
    """Return which of the hashes an index has, and the places of each."""
    asked = passing(index, hashes)
    begin, end = np.empty_like(asked), np.empty_like(asked)
    count = 0
    for at in range(len(asked)):
        begin[at], end[at] = _in_slots(index, hashes[asked[at]] * _SPREAD)
        count += int(end[at] - begin[at])
    rows, places = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    filled = 0
    for at in range(len(asked)):
        for place in range(begin[at], end[at]):
            rows[filled] = asked[at]
            places[filled] = np.int64(index[place])
            filled += 1
    return rows, places


@compiled
def _fill(index: Hashes, spread: Hashes, said: Hashes) -> None:
    """Fill filter and slots in: spread hashes, with where the places of each are and how many."""
    slots, last = np.int64(index[_SLOTS]), np.int64(index[_LAST_SLOT])
    for number in range(len(spread)):
        bit = spread[number] >> index[_FILTER_SHIFT]
        index[_HEADER + np.int64(bit >> _WORD_BITS)] |= _ONE << (bit & _LOW)
        slot = np.int64(spread[number] >> index[_SLOT_SHIFT])
        while index[slots + 2 * slot + 1] != _NOTHING:
            slot = (slot + 1) & last
        index[slots + 2 * slot], index[slots + 2 * slot + 1] = spread[number], said[number]


class HashIndex:
    """Places by hash; a hash may have several, of which the first `most` count.

    `words` is an open hash table behind a filter of bits, and behind it the places.

    >>> index = HashIndex(np.array([7, 9, 7], np.uint64), np.array([0, 1, 2]), most=10)
    >>> index.find(np.array([8, 7], np.uint64))
    (array([1, 1]), array([0, 2]))
    """

    def __init__(self, hashes: Hashes, places: Integers | Hashes, most: int) -> None:
        spread = hashes * _SPREAD
        order = np.lexsort((places, spread))
        spread, places = spread[order], places[order]
        known = np.diff(spread, prepend=~spread[:1]) != 0
        fresh = known | (np.diff(places, prepend=places[:1]) != 0)
        starts = np.flatnonzero(known[fresh])
        counts = np.minimum(np.diff(starts, append=np.count_nonzero(fresh)), most)
        self.words = _laid_out(len(starts), places[fresh].astype(np.uint64))
        begin = len(self.words) - np.count_nonzero(fresh) + starts
        said = (begin.astype(np.uint64) << _COUNT_BITS) | counts.astype(np.uint64)
        _fill(self.words, spread[known], said)

    def find(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return which of the hashes are known, and the places of each."""
        return find_places(self.words, hashes)


def _laid_out(known: int, places: Hashes) -> Hashes:
    """Return an index of so many hashes: its header, no bits and slots yet, and the places."""
    bits = max(_LEAST_BITS, known.bit_length())
    slot_bits = bits + 1
    filter_words = 2 ** (bits + _FINER) // 64
    header = [64 - bits - _FINER, 64 - slot_bits, _HEADER + filter_words, 2**slot_bits - 1]
    room = np.zeros(filter_words + 2 * 2**slot_bits, dtype=np.uint64)
    return np.concatenate([np.array(header, dtype=np.uint64), room, places])
