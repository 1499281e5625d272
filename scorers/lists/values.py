"""Listed values of one kind, found in columns by their hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from operator import eq
from typing import Final

import numpy as np

from scorers.features.hashing import Hashes, hash_column
from scorers.hashindex import HashIndex
from scorers.lists.entries import Entry

_MOST: Final = 64
"""Entries of one value that count: lists that hold the same."""


class ListedValues:
    """Entries by the hash of their value; `same` tells whether a text really has a value."""

    def __init__(
        self, entries: Sequence[tuple[int, Entry]], same: Callable[[str, str], bool] = eq
    ) -> None:
        self._same = same
        self._value_of = {place: entry.value for place, entry in entries}
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, entry in entries:
            self._places[entry.value].append(place)
        hashes = hash_column([entry.value for _, entry in entries])
        self._index = HashIndex(hashes, np.array([place for place, _ in entries]), _MOST)

    def find_one_by_one(self, column: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield row and entry of listed values in a short column, not worth hashing."""
        for row, value in enumerate(column):
            for place in self._places.get(value, ()):
                yield row, place

    def find(self, hashes: Hashes, column: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield row and entry of the values in a column that are listed."""
        asked, places = self._index.find(hashes)
        for row, place in zip(asked.tolist(), places.tolist(), strict=True):
            # Two texts may share a hash.
            if self._same(column[row], self._value_of[place]):
                yield row, place
