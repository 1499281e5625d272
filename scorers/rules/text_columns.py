"""Columns of codes and identifiers: all texts and starts that tests list, found by their hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import eq
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, hash_column
from scorers.quality import Flags
from scorers.rules.columns import Column, Members
from scorers.rules.conditions import Listed, StartsWith, Test

_WHOLE: Final = 0
_EXACT_BYTES: Final = 8
"""Texts up to this long never share a hash: it is a permutation of their bytes."""


class TextColumn(Column):
    """Texts that are asked for as they are, or by how they start.

    The hashes are those that features are made from, mostly there already. Where longer texts could
    share a hash, what was found is compared.
    """

    def __init__(self, source: str, tests: Sequence[Test], *, short: bool) -> None:
        super().__init__(source, tests)
        listed: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, test in enumerate(tests):
            for size, text in _asked(test):
                listed[size][text].append(place)
        self._lists = [_List(size, found, short=short) for size, found in listed.items()]

    @property
    def hashed(self) -> list[TextPart]:
        """What will be asked for by its hash."""
        return [(self.source, part.size) for part in self._lists]

    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set which texts satisfy which tests."""
        for part in self._lists:
            part.fill(self.source, table, out)


class _List:
    """Listed texts of which the first `size` bytes count, 0 for all, with the tests of each."""

    def __init__(self, size: int, listed: dict[str, list[int]], *, short: bool) -> None:
        self.size = size
        hashes = hash_column(list(listed))
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._texts = [list(listed)[place] for place in order.tolist()]
        self._tests = Members([listed[text] for text in self._texts])
        self._exact = short or _WHOLE < size <= _EXACT_BYTES

    def fill(self, source: str, table: DeclaredTable, out: Flags) -> None:
        """Set which texts of a column satisfy which tests."""
        at, found = self._found(table.hashes(source, self.size))
        if len(at) and not self._exact:
            same = self._same(table.column(source), at, found)
            at, found = at[same], found[same]
        self._tests.mark(at, found, out)

    def _found(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return where hashes of the list stand, and which they are."""
        places = np.searchsorted(self._hashes, hashes)
        places[places == len(self._hashes)] = 0
        at = np.flatnonzero(self._hashes[places] == hashes)
        return at, places[at]

    def _same(self, texts: Sequence[str], at: Integers, found: Integers) -> Flags:
        compare = eq if self.size == _WHOLE else str.startswith
        declared = map(texts.__getitem__, at.tolist())
        listed = map(self._texts.__getitem__, found.tolist())
        return np.fromiter(map(compare, declared, listed), np.bool_, len(at))


def _asked(test: Test) -> Iterator[tuple[int, str]]:
    """Yield each text that a test asks for, with how many bytes of a value count."""
    if isinstance(test, Listed):
        yield from ((_WHOLE, text) for text in test.values)
    elif isinstance(test, StartsWith):
        for prefix in test.prefixes:
            yield len(prefix.encode("utf-8", "surrogatepass")), prefix
