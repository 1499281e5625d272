"""Columns of codes and identifiers: all texts and starts that tests list, found by their hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Bytes, Places, are_equal_at, texts_of
from scorers.hashindex import MOST_PLACES, HashIndex, places_of_hash
from scorers.rules.columns import BitBytes, Columns, set_bit
from scorers.rules.conditions import Listed, StartsWith, Test

_WHOLE: Final = 0
"""Size of texts of which all bytes count."""

_APART: Final = np.uint64(0x9FB21C651E98DF25)
"""Keeps the same text apart in different columns."""


class _Listed(NamedTuple):
    """Listed texts, found in `places` by their hashes; text i is asked for by the tests of
    `lines[ends[i]:ends[i + 1]]`."""

    places: Hashes
    data: Bytes
    starts: Places
    sizes: Places
    ends: Integers
    lines: Integers


class TextColumns(Columns):
    """Texts that are asked for as they are, or by how they start.

    They are found by the hashes that features are made from, mostly there already; since two texts
    may share one, what is found is compared.
    """

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__(tests)
        asked: dict[tuple[TextPart, str], list[int]] = defaultdict(list)
        for line, test in enumerate(tests):
            for part_and_text in _asked(test):
                asked[part_and_text].append(line)
        self.hashed = list(dict.fromkeys(part for part, _ in asked))
        texts = texts_of([text for _, text in asked])
        columns = np.array([self.hashed.index(part) for part, _ in asked], dtype=np.uint64)
        index = HashIndex(hashed(texts) + columns * _APART, np.arange(len(asked)), MOST_PLACES)
        ends = np.array([0, *accumulate(map(len, asked.values()))])
        lines = np.array([*chain.from_iterable(asked.values())], dtype=np.int64)
        self._listed = _Listed(index.words, *texts, ends, lines)

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which texts satisfy which tests."""
        # One by one: to copy long columns side by side takes longer than to call the loop again.
        for column, (source, size) in enumerate(self.hashed):
            data, starts, sizes = table.texts(source)
            hashes = table.hashes(source, size)
            _fill(out, data, starts, sizes, hashes, column, size, *self._listed)


@compiled
def _fill(
    out: BitBytes,
    data: Bytes,
    starts: Places,
    sizes: Places,
    hashes: Hashes,
    column: int,
    most: int,
    index: Hashes,
    listed: Bytes,
    listed_starts: Places,
    listed_sizes: Places,
    ends: Integers,
    lines: Integers,
) -> None:
    """Set which values of a column are which listed texts, for the tests of each."""
    apart = np.uint64(column) * _APART
    for place in range(len(hashes)):
        first, end = places_of_hash(index, hashes[place] + apart)
        size = min(sizes[place], most) if most else sizes[place]
        for at in range(first, end):
            # The same text of another column has another hash.
            text = np.int64(index[at])
            if size == listed_sizes[text] and are_equal_at(
                data, starts[place], listed, listed_starts[text], size
            ):
                for line in range(ends[text], ends[text + 1]):
                    set_bit(out, lines[line], place)


def _asked(test: Test) -> Iterator[tuple[TextPart, str]]:
    """Yield each text that a test asks for, with where, and how many bytes of a value count."""
    if isinstance(test, Listed):
        yield from (((test.source, _WHOLE), text) for text in test.values)
    elif isinstance(test, StartsWith):
        for prefix in test.prefixes:
            yield (test.source, len(prefix.encode("utf-8", "surrogatepass"))), prefix
