"""Columns of texts as bytes: which are equal, their first letters, and rows of a fixed width."""

from __future__ import annotations

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import hash_at
from scorers.features.texts import Bytes, Places, Texts, are_equal_at


def numbered(texts: Texts) -> tuple[list[bytes], Places]:
    """Return the distinct texts in order of appearance, and the number of each text's.

    >>> from scorers.features.texts import texts_of
    >>> numbered(texts_of(["CN", "VN", "CN"]))
    ([b'CN', b'VN'], array([0, 1, 0]))
    """
    count = len(texts.starts)
    firsts, numbers = np.empty((2, count), dtype=np.int64)
    slots = np.empty(2 << count.bit_length(), dtype=np.int64)
    found = _number_all(texts.data, texts.starts, texts.sizes, slots, firsts, numbers)
    data, starts, sizes = texts.part(firsts[:found])
    spans = zip(starts.tolist(), sizes.tolist(), strict=True)
    return [data[start : start + size].tobytes() for start, size in spans], numbers


def first_letters(texts: Texts, count: int) -> Texts:
    """Return the first letters of each text.

    >>> from scorers.features.texts import texts_of
    >>> first_letters(texts_of(["61091010", "Zürich", "HS"]), 4).sizes
    array([4, 5, 2])
    """
    sizes = texts.sizes.copy()
    _cut_all(texts.data, texts.starts, count, sizes)
    return Texts(texts.data, texts.starts, sizes)


def fixed_width(texts: Texts, width: int) -> np.ndarray:
    """Return texts as a column of `width` bytes, longer ones cut, with "?" for each odd letter.

    >>> from scorers.features.texts import texts_of
    >>> fixed_width(texts_of(["ÄB1", "RR473124829CN"]), 5)
    array([b'?B1', b'RR473'], dtype='|S5')
    """
    made = np.zeros((len(texts.starts), width), dtype=np.uint8)
    _fill_all(texts.data, texts.starts, texts.sizes, made)
    return made.view(f"S{width}").reshape(-1)


@compiled
def _number_all(
    data: Bytes, starts: Places, sizes: Places, slots: Places, firsts: Places, numbers: Places
) -> int:
    """Fill in numbers and first rows by a table with open addressing; return how many differ."""
    found, mask = 0, len(slots) - 1
    slots[:] = -1
    for row in range(len(starts)):
        slot = np.int64(hash_at(data, starts[row], sizes[row]) & np.uint64(mask))
        while slots[slot] >= 0:
            first = firsts[slots[slot]]
            if sizes[first] == sizes[row] and are_equal_at(
                data, starts[first], data, starts[row], sizes[row]
            ):
                break
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = found
            firsts[found] = row
            found += 1
        numbers[row] = slots[slot]
    return found


@compiled
def _cut_all(data: Bytes, starts: Places, count: int, sizes: Places) -> None:
    for row in range(len(starts)):
        letters = 0
        for place in range(sizes[row]):
            letters += _begins_a_letter(data[starts[row] + place])
            if letters > count:
                sizes[row] = place
                break


@compiled
def _fill_all(data: Bytes, starts: Places, sizes: Places, made: Bytes) -> None:
    for row in range(len(starts)):
        at = 0
        for place in range(sizes[row]):
            code = data[starts[row] + place]
            if at < made.shape[1] and _begins_a_letter(code):
                made[row, at] = code if code < 0x80 else ord("?")
                at += 1


@compiled
def _begins_a_letter(code: int) -> bool:
    return (code & 0xC0) != 0x80
