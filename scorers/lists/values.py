"""Listed values of one kind, found in columns by their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from scorers.features.hashing import Hashes, hash_column
from scorers.features.texts import Texts, text_at
from scorers.hashindex import HashIndex
from scorers.lists.entries import Entry

_MOST: Final = 64
"""Entries of one value that count: lists that hold the same."""


class ListedValues:
    """Entries by the hash of their value."""

    def __init__(self, entries: Sequence[tuple[int, Entry]]) -> None:
        self._value_of = {place: entry.value for place, entry in entries}
        hashes = hash_column([entry.value for _, entry in entries])
        self._index = HashIndex(hashes, np.array([place for place, _ in entries]), _MOST)

    def find(
        self, hashes: Hashes, texts: Texts, size: int | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield row and entry of the values in a column that are listed, or whose first `size`
        letters are."""
        asked, places = self._index.find(hashes)
        for row, place in zip(asked.tolist(), places.tolist(), strict=True):
            # Two texts may share a hash.
            if text_at(texts, row)[:size] == self._value_of[place]:
                yield row, place
