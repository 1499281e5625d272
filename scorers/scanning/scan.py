"""A batch of records in JSON as columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.texts import Places, Texts
from scorers.scanning.layout import ITEM, KIND, LEVEL, PARCEL, SLOT, Kind, Layout, Numbers
from scorers.scanning.records import read_records

Column = TypeVar("Column")
Flags = npt.NDArray[np.bool_]

_OPEN: Final = ord("{")
_PADDING: Final = 64
"""Zero bytes behind the records: more than any token is read ahead."""

_ABSENT: Final = 64
"""Bytes that what stands for a record's absent texts may take."""


@dataclass(frozen=True)
class Scan:
    """What was read: `plain` says which records; the others are not in the columns.

    Columns are by path, those of items without `items.`: texts of parcels and of
    items, then numbers. An instant is a number, in Unix seconds; what is not there is NaN.
    """

    plain: Flags
    item_counts: Integers
    texts: tuple[Mapping[str, Texts], Mapping[str, Texts]]
    numbers: tuple[Mapping[str, Numbers], Mapping[str, Numbers]]


def scan(raws: Sequence[bytes], layout: Layout) -> Scan:
    """Read records into columns; those that are not plain are left out."""
    joined = b"".join(raws)
    ends = np.cumsum(np.fromiter(map(len, raws), np.int64, len(raws)))
    read = np.frombuffer(joined, np.uint8)
    # Every item has a brace, and a text without its escapes is not longer than with them.
    widths = len(raws), int(np.count_nonzero(read == _OPEN))
    room = (len(joined) if b"\\" in joined else 0) + _ABSENT * sum(widths)
    data = np.zeros(len(joined) + _PADDING + room, np.uint8)
    data[: len(joined)] = read
    texts, numbers = _Grid(layout.texts, widths), _Grid(layout.numbers, widths)
    starts, sizes = np.zeros(texts.size, np.int64), np.zeros(texts.size, np.int64)
    values = np.full(numbers.size, np.nan)
    plain, counts = np.zeros(len(raws), np.bool_), np.zeros(len(raws), np.int64)
    lines = _lines(layout.keys, texts, numbers)
    arena = len(joined) + _PADDING
    items = read_records(
        data, ends, layout, lines, arena, starts, sizes, values, plain.view(np.uint8), counts
    )
    filled = int(plain.sum()), items
    return Scan(
        plain,
        counts[: filled[PARCEL]],
        texts.columns(filled, lambda span: Texts(data, starts[span], sizes[span])),
        numbers.columns(filled, values.__getitem__),
    )


class _Grid:
    """Columns of both levels one after the other, each as long as there may be rows."""

    def __init__(self, slots: Sequence[Mapping[str, int]], widths: tuple[int, int]) -> None:
        self._slots = slots
        self.widths = widths
        self.bases = 0, len(slots[PARCEL]) * widths[PARCEL]
        self.size = self.bases[ITEM] + len(slots[ITEM]) * widths[ITEM]

    def columns(
        self, filled: tuple[int, int], of: Callable[[slice], Column]
    ) -> tuple[dict[str, Column], dict[str, Column]]:
        """Return what `of` makes of each column, by path, as far as it is filled."""

        def level(which: int) -> dict[str, Column]:
            base, width = self.bases[which], self.widths[which]
            starts = {path: base + slot * width for path, slot in self._slots[which].items()}
            return {path: of(slice(at, at + filled[which])) for path, at in starts.items()}

        return level(PARCEL), level(ITEM)


def _lines(keys: Places, texts: _Grid, numbers: _Grid) -> Places:
    """Return for each key where its column starts."""
    levels = keys[:, LEVEL]
    of_numbers = np.isin(keys[:, KIND], [Kind.NUMBER, Kind.INTEGER, Kind.INSTANT])
    bases = np.where(of_numbers, np.take(numbers.bases, levels), np.take(texts.bases, levels))
    lines: Places = bases + keys[:, SLOT] * np.take(texts.widths, levels)
    return lines
