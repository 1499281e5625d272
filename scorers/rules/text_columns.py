"""Columns of codes and identifiers: all texts and starts that tests list, found by their hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Texts, are_equal_at, texts_of
from scorers.hashindex import MOST_PLACES, HashIndex, places_of_hash
from scorers.rules.columns import BitBytes, Column, set_bit
from scorers.rules.conditions import Listed, StartsWith, Test

_WHOLE: Final = 0
"""Size of texts of which all bytes count."""


class TextColumn(Column):
    """Texts that are asked for as they are, or by how they start.

    They are found by the hashes that features are made from, mostly there already; since two texts
    may share one, what is found is compared.
    """

    def __init__(self, source: str, tests: Sequence[Test]) -> None:
        super().__init__(source, tests)
        listed: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for line, test in enumerate(tests):
            for size, text in _asked(test):
                listed[size][text].append(line)
        self._parts = [_ListedTexts(size, texts) for size, texts in listed.items()]

    @property
    def hashed(self) -> list[TextPart]:
        """What will be asked for by its hash."""
        return [(self.source, part.size) for part in self._parts]

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which texts satisfy which tests."""
        for part in self._parts:
            part.fill(table.texts(self.source), table.hashes(self.source, part.size), out)


class _ListedTexts:
    """Texts of which the first `size` bytes count, each with the lines of the tests that ask for
    it."""

    def __init__(self, size: int, listed: Mapping[str, Sequence[int]]) -> None:
        self.size = size
        pairs = [(text, line) for text, lines in listed.items() for line in lines]
        self._texts = texts_of([text for text, _ in pairs])
        self._lines = np.array([line for _, line in pairs], dtype=np.int64)
        places = np.arange(len(pairs))
        self._index = HashIndex(hashed(self._texts), places, MOST_PLACES).words

    def fill(self, declared: Texts, hashes: Hashes, out: BitBytes) -> None:
        """Set which values of a column are which texts."""
        _fill(declared, hashes, self.size, self._index, self._texts, self._lines, out)


@compiled
def _fill(
    declared: Texts,
    hashes: Hashes,
    most: int,
    index: Hashes,
    listed: Texts,
    lines: Integers,
    out: BitBytes,
) -> None:
    for place in range(len(hashes)):
        start, end = places_of_hash(index, hashes[place])
        size = min(declared.sizes[place], most) if most else declared.sizes[place]
        for at in range(start, end):
            text = np.int64(index[at])
            same = size == listed.sizes[text]
            if same and are_equal_at(
                declared.data, declared.starts[place], listed.data, listed.starts[text], size
            ):
                set_bit(out, lines[text], place)


def _asked(test: Test) -> Iterator[tuple[int, str]]:
    """Yield each text that a test asks for, with how many bytes of a value count."""
    if isinstance(test, Listed):
        yield from ((_WHOLE, text) for text in test.values)
    elif isinstance(test, StartsWith):
        for prefix in test.prefixes:
            yield len(prefix.encode("utf-8", "surrogatepass")), prefix
