"""Columns of codes and identifiers: all texts and starts that tests list, found by their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Bytes, Places, Texts, are_equal_at, side_by_side, texts_of
from scorers.hashindex import MOST_PLACES, HashIndex, places_of_hash
from scorers.rules.columns import BitBytes, Columns, set_bit
from scorers.rules.conditions import Listed, StartsWith, Test

_WHOLE: Final = 0
"""Size of texts of which all bytes count."""

_APART: Final = np.uint64(0x9FB21C651E98DF25)
"""Keeps the same text apart in different columns."""


class _Listed(NamedTuple):
    """Listed texts, found in `places` by their hashes: of which column, for which test's line."""

    places: Hashes
    texts: Texts
    columns: Integers
    lines: Integers


class TextColumns(Columns):
    """Texts that are asked for as they are, or by how they start.

    They are found by the hashes that features are made from, mostly there already; since two texts
    may share one, what is found is compared.
    """

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__(tests)
        asked = [
            (part, text, line) for line, test in enumerate(tests) for part, text in _asked(test)
        ]
        self.hashed = list(dict.fromkeys(part for part, _, _ in asked))
        self._sizes = np.array([size for _, size in self.hashed], dtype=np.int64)
        texts = texts_of([text for _, text, _ in asked])
        columns = np.array([self.hashed.index(part) for part, _, _ in asked], dtype=np.int64)
        hashes = hashed(texts) + columns.astype(np.uint64) * _APART
        index = HashIndex(hashes, np.arange(len(asked)), MOST_PLACES).words
        lines = np.array([line for _, _, line in asked], dtype=np.int64)
        self._listed = _Listed(index, texts, columns, lines)

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which texts satisfy which tests."""
        declared = [table.texts(source) for source, _ in self.hashed]
        hashes = np.array([table.hashes(*part) for part in self.hashed])
        for columns, data, starts, sizes in side_by_side(declared):
            _fill(data, starts, sizes, hashes, columns, self._sizes, self._listed, out)


@compiled
def _fill(
    data: Bytes,
    starts: Places,
    sizes: Places,
    hashes: Hashes,
    columns: Integers,
    most: Integers,
    listed: _Listed,
    out: BitBytes,
) -> None:
    """Set which values of some columns are which texts."""
    for row in range(len(columns)):
        column = columns[row]
        for place in range(starts.shape[1]):
            value = hashes[column, place] + np.uint64(column) * _APART
            first, end = places_of_hash(listed.places, value)
            for at in range(first, end):
                text = np.int64(listed.places[at])
                size = sizes[row, place]
                if most[column]:
                    size = min(size, most[column])
                same = listed.columns[text] == column and listed.texts.sizes[text] == size
                if same and are_equal_at(
                    data, starts[row, place], listed.texts.data, listed.texts.starts[text], size
                ):
                    set_bit(out, listed.lines[text], place)


def _asked(test: Test) -> Iterator[tuple[TextPart, str]]:
    """Yield each text that a test asks for, with where, and how many bytes of a value count."""
    if isinstance(test, Listed):
        yield from (((test.source, _WHOLE), text) for text in test.values)
    elif isinstance(test, StartsWith):
        for prefix in test.prefixes:
            yield (test.source, len(prefix.encode("utf-8", "surrogatepass"))), prefix
