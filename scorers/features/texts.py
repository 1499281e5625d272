"""Columns of texts as bytes, for loops that read them word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

WORD = 8
"""Bytes in a word; as many follow the last text, so that each can be read by whole words."""

_SEPARATOR = "\0"
_WHOLE = np.uint64(0xFFFFFFFFFFFFFFFF)
_BITS = 8


class Texts(NamedTuple):
    """Texts in UTF-8: number i is the `sizes[i]` bytes of `data` from `starts[i]`."""

    data: Bytes
    starts: Places
    sizes: Places

    def part(self, places: slice | Places) -> Texts:
        """Return some of the texts, in the same bytes."""
        return Texts(self.data, self.starts[places], self.sizes[places])


def texts_of(column: Sequence[str]) -> Texts:
    """Return a column of texts as bytes.

    >>> texts_of(["mug", "", "tee"]).sizes
    array([3, 0, 3])
    """
    # Texts of a separator are rare: one call encodes all others.
    data = _SEPARATOR.join([*column, ""]).encode("utf-8", "surrogatepass")
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 0)
    if len(ends) != len(column):
        sizes = [len(text.encode("utf-8", "surrogatepass")) for text in column]
        ends = np.cumsum(np.array(sizes, dtype=np.int64) + 1) - 1
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)].astype(np.int64)
    # Writable as scanned texts are: loops are compiled for each kind of array they are given.
    return Texts(np.frombuffer(bytearray(data + bytes(WORD)), np.uint8), starts, ends - starts)


def side_by_side(columns: Sequence[Texts]) -> Iterator[tuple[Places, Bytes, Places, Places]]:
    """Yield columns of one length by the buffer that they stand in: their numbers, the buffer, and
    starts and sizes with a row for each.

    >>> sizes = [sizes for *_, sizes in side_by_side([texts_of(["mug"]), texts_of([""])])]
    >>> [some.tolist() for some in sizes]
    [[[3]], [[0]]]
    """
    left = list(range(len(columns)))
    while left:
        data = columns[left[0]].data
        here = [number for number in left if columns[number].data is data]
        left = [number for number in left if columns[number].data is not data]
        starts = np.array([columns[number].starts for number in here])
        yield np.array(here), data, starts, np.array([columns[number].sizes for number in here])


def together(columns: Sequence[Texts]) -> tuple[Bytes, list[Places]]:
    """Return the bytes of all columns, each once, and where each column's texts start in them."""
    first = columns[0].data
    if not [texts for texts in columns if texts.data is not first]:
        return first, [texts.starts for texts in columns]
    shifts: dict[int, int] = {}
    every: list[Bytes] = []
    size = 0
    for texts in columns:
        if id(texts.data) not in shifts:
            shifts[id(texts.data)] = size
            every.append(texts.data)
            size += len(texts.data)
    return np.concatenate(every), [texts.starts + shifts[id(texts.data)] for texts in columns]


def as_one(columns: Sequence[Texts]) -> Texts:
    """Return the texts of columns, one after the other, as those of one.

    >>> as_one([texts_of(["mug", "tee"]), texts_of([""])]).sizes
    array([3, 3, 0])
    """
    data, starts = together(columns)
    return Texts(data, np.concatenate(starts), np.concatenate([texts.sizes for texts in columns]))


def texts_together(columns: Mapping[str, Sequence[str]]) -> dict[str, Texts]:
    """Return columns of texts as bytes, all in one buffer.

    >>> texts_together({"goods": ["mug", "tee"], "city": ["Graz"]})["city"].starts
    array([8])
    """
    texts = texts_of(list(chain.from_iterable(columns.values())))
    ends = np.cumsum(list(map(len, columns.values()))).tolist()
    spans = map(slice, [0, *ends[:-1]], ends)
    return dict(zip(columns, map(texts.part, spans), strict=False))


def text_at(texts: Texts, place: int) -> str:
    """Return one text.

    >>> text_at(texts_of(["mug", "tee"]), 1)
    'tee'
    """
    return bytes_at(texts, place).decode("utf-8", "surrogatepass")


def bytes_at(texts: Texts, place: int) -> bytes:
    """Return the bytes of one text."""
    start = int(texts.starts[place])
    return texts.data[start : start + int(texts.sizes[place])].tobytes()


@compiled
def word_at(data: Bytes, at: int) -> np.uint64:
    """Return the word of eight bytes, little-endian, from a place."""
    # Written out: the compiler makes one load of it.
    return (
        np.uint64(data[at])
        | np.uint64(data[at + 1]) << np.uint64(8)
        | np.uint64(data[at + 2]) << np.uint64(16)
        | np.uint64(data[at + 3]) << np.uint64(24)
        | np.uint64(data[at + 4]) << np.uint64(32)
        | np.uint64(data[at + 5]) << np.uint64(40)
        | np.uint64(data[at + 6]) << np.uint64(48)
        | np.uint64(data[at + 7]) << np.uint64(56)
    )


@compiled
def last_word_at(data: Bytes, at: int, left: int) -> np.uint64:
    """Return the word from a place, of which `left` bytes (1 to 8) belong to the text."""
    return word_at(data, at) & (_WHOLE >> np.uint64(_BITS * (WORD - left)))


@compiled
def are_equal_at(one: Bytes, at: int, other: Bytes, other_at: int, size: int) -> bool:
    """Tell whether the `size` bytes from two places are the same."""
    while size > WORD:
        if word_at(one, at) != word_at(other, other_at):
            return False
        at += WORD
        other_at += WORD
        size -= WORD
    return size == 0 or bool(last_word_at(one, at, size) == last_word_at(other, other_at, size))
