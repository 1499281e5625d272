"""An index of texts seen: which text is which, found by hash and told by its bytes."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import WORD, Bytes, Texts, are_equal_at

Number = TypeVar("Number", np.int64, np.uint64, np.uint8)

_NONE: Final = -1
_LONGEST: Final = 64
"""Steps of a search. Who makes texts of equal hashes gains no more than new numbers for them."""


class _Known(NamedTuple):
    """Texts by number, and `places`: by the lower bits of its hash the number of a text."""

    data: Bytes
    starts: Integers
    sizes: Integers
    hashes: Hashes
    places: Integers


class TextIndex:
    """Numbers texts from 0 in the order of their first sight, and remembers them."""

    def __init__(self) -> None:
        self._count = 0
        self._known = _Known(
            np.empty(WORD, np.uint8),
            np.zeros(1, np.int64),
            np.empty(0, np.int64),
            np.empty(0, np.uint64),
            np.full(2, _NONE),
        )

    def numbers_of(self, texts: Texts, hashes: Hashes) -> Integers:
        """Return the number of each text; `hashes` are theirs."""
        self._make_room(len(hashes), int(texts.sizes.sum()))
        numbers = np.empty(len(hashes), dtype=np.int64)
        self._count = _number_all(*texts, hashes, self._known, self._count, numbers)
        return numbers

    def texts_from(self, first: int) -> list[str]:
        """Return the texts from a number on."""
        starts = self._known.starts[first : self._count].tolist()
        sizes = self._known.sizes[first : self._count].tolist()
        data = self._known.data
        return [
            data[start : start + size].tobytes().decode("utf-8", "surrogatepass")
            for start, size in zip(starts, sizes, strict=True)
        ]

    def _make_room(self, texts: int, size: int) -> None:
        known, count = self._known, self._count
        used = int(known.starts[count])
        data = extended(known.data, used, size + WORD)
        starts = extended(known.starts, count + 1, texts)
        sizes = extended(known.sizes, count, texts)
        hashes = extended(known.hashes, count, texts)
        places = known.places
        if 2 * (count + texts) > len(places):
            places = np.full(1 << (4 * (count + texts)).bit_length(), _NONE)
            _place_all(hashes[:count], places)
        self._known = _Known(data, starts, sizes, hashes, places)


def extended(array: npt.NDArray[Number], used: int, more: int) -> npt.NDArray[Number]:
    """Return `array` with room for `more` values behind its first `used`, and to grow."""
    if used + more <= len(array):
        return array
    longer = np.zeros(2 * (used + more), array.dtype)
    longer[:used] = array[:used]
    return longer


@compiled
def _place_all(hashes: Hashes, places: Integers) -> None:
    """Write the numbers of texts into their places."""
    last = np.uint64(len(places) - 1)
    for number in range(len(hashes)):
        for step in range(_LONGEST):
            place = (hashes[number] + np.uint64(step)) & last
            if places[place] == _NONE:
                places[place] = number
                break


@compiled
def _number_all(
    data: Bytes,
    starts: Integers,
    sizes: Integers,
    hashes: Hashes,
    known: _Known,
    count: int,
    numbers: Integers,
) -> int:
    """Write the number of each text, adding those not yet known; return how many are."""
    for text in range(len(hashes)):
        at, size = starts[text], sizes[text]
        number, place = _found(known, hashes[text], data, at, size)
        if number == _NONE:
            number = np.int64(count)
            count += 1
            _remember(data, at, size, known, number)
            known.hashes[number] = hashes[text]
            if place != _NONE:
                known.places[place] = number
        numbers[text] = number
    return count


@compiled
def _found(
    known: _Known, value: np.uint64, data: Bytes, at: int, size: int
) -> tuple[np.int64, np.int64]:
    """Return number and place of a text by its hash; no number if it is not known, and no place
    if there is no free one."""
    last = np.uint64(len(known.places) - 1)
    for step in range(_LONGEST):
        place = np.int64((value + np.uint64(step)) & last)
        number = known.places[place]
        if number == _NONE:
            return number, place
        alike = known.hashes[number] == value and known.sizes[number] == size
        if alike and are_equal_at(known.data, known.starts[number], data, at, size):
            return number, place
    return np.int64(_NONE), np.int64(_NONE)


@compiled
def _remember(data: Bytes, at: int, size: int, known: _Known, number: np.int64) -> None:
    """Copy a text behind those that are known."""
    end = known.starts[number]
    for place in range(size):
        known.data[end + place] = data[at + place]
    known.sizes[number] = size
    known.starts[number + 1] = end + size
