"""A batch of records in JSON as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hashed_lines
from scorers.features.texts import Bytes, Places, Texts
from scorers.scanning.layout import ITEM, PARCEL, Layout, Numbers
from scorers.scanning.records import read_records

Flags = npt.NDArray[np.bool_]

_OPEN: Final = ord("{")
_PADDING: Final = 64
"""Zero bytes behind the records: more than any token is read ahead."""

_ABSENT: Final = 64
"""Bytes that what stands for a record's absent texts may take."""


@dataclass(frozen=True)
class Scan:
    """What was read: `plain` says which records; the others are not in the columns.

    Columns stand one after the other, those of a level as far apart as its width. An instant is a
    number, in Unix seconds; what is not there is NaN.
    """

    layout: Layout
    widths: tuple[int, int]
    filled: tuple[int, int]
    plain: Flags
    item_counts: Integers
    data: Bytes
    starts: Places
    sizes: Places
    values: Numbers

    def texts(self, path: str) -> Texts:
        """Return a column of texts."""
        rows = self._rows(*self.layout.texts[path])
        return Texts(self.data, self.starts[rows], self.sizes[rows])

    def numbers(self, path: str) -> Numbers:
        """Return a column of numbers."""
        return self.values[self._rows(*self.layout.numbers[path])]

    def _rows(self, level: int, parcels: int, items: int) -> slice:
        """Return where a column stands, by how many columns of each level are before it."""
        first = parcels * self.widths[PARCEL] + items * self.widths[ITEM]
        return slice(first, first + self.filled[level])

    def hashes(self, parts: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Hashes]:
        """Return the hashes of columns of texts, of so many first bytes of each; 0 for all."""
        found: dict[tuple[str, int], Hashes] = {}
        texts, slots = Texts(self.data, self.starts, self.sizes), self.layout.texts
        for level, count in enumerate(self.filled):
            own = [part for part in parts if slots[part[0]][0] == level]
            if own:
                firsts = np.array([slots[path][1:] for path, _ in own]) @ np.array(self.widths)
                prefixes = np.array([prefix for _, prefix in own])
                found.update(zip(own, hashed_lines(texts, firsts, prefixes, count), strict=True))
        return found


def scan(raws: Sequence[bytes], layout: Layout) -> Scan:
    """Read records into columns; those that are not plain are left out."""
    joined = b"".join(raws)
    ends = np.fromiter(map(len, raws), np.int64, len(raws)).cumsum()
    read = np.frombuffer(joined, np.uint8)
    # Every item has a brace, and a text without its escapes is not longer than with them.
    widths = len(raws), joined.count(b"{")
    room = (len(joined) if b"\\" in joined else 0) + _ABSENT * sum(widths)
    arena = len(joined) + _PADDING
    data = np.zeros(arena + room, np.uint8)
    data[: len(joined)] = read
    texts, numbers = (of[PARCEL] * widths[PARCEL] + of[ITEM] * widths[ITEM] for of in layout.counts)
    starts, sizes = np.zeros((2, texts), np.int64)
    values = np.empty(numbers)
    values.fill(np.nan)
    plain, counts = np.zeros(len(raws), np.bool_), np.zeros(len(raws), np.int64)
    lines = layout.lines @ widths
    items = read_records(
        data, ends, layout, lines, arena, starts, sizes, values, plain.view(np.uint8), counts
    )
    filled = int(np.count_nonzero(plain)), items
    item_counts = counts[: filled[PARCEL]]
    return Scan(layout, widths, filled, plain, item_counts, data, starts, sizes, values)
