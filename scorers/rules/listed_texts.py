"""Texts that tests list, and which values of a column are one of them or start with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from operator import eq, itemgetter
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hash_column
from scorers.quality import Flags
from scorers.rules.columns import Members, keep_equal

WHOLE: Final = 0
"""Size of texts of which all bytes count."""

EXACT_BYTES: Final = 8
"""Texts up to this long never share a hash: it is a permutation of their bytes."""


class ListedTexts(ABC):
    """Texts by their hashes, of which the first `size` bytes count."""

    def __init__(self, size: int, texts: Sequence[str], *, short: bool) -> None:
        self.size = size
        self._texts = texts
        self._hashes = hash_column(texts)
        self._exact = short or WHOLE < size <= EXACT_BYTES

    @abstractmethod
    def fill(self, source: str, table: DeclaredTable, out: Flags) -> None:
        """Set in `out` which values of a column satisfy which tests."""


class EachText(ListedTexts):
    """One whole text, or start of few letters, for each of some tests; lines begin at `first`.

    What longer values may only share the hash of is a claim, but for the last `sure` texts, which
    are compared at once.
    """

    def __init__(
        self, size: int, texts: Sequence[str], *, short: bool, first: int, sure: int
    ) -> None:
        super().__init__(size, texts, short=short)
        self._lines = slice(first, first + len(texts))
        claimed = len(texts) - sure
        unsure = [] if self._exact else list(enumerate(texts, first))
        self.claims = dict(unsure[:claimed])
        self._compared = unsure[claimed:]

    def fill(self, source: str, table: DeclaredTable, out: Flags) -> None:
        """Set which values have the hash of which text."""
        np.equal(table.hashes(source, self.size), self._hashes[:, None], out=out[self._lines])
        for line, text in self._compared:
            keep_equal(table.column(source), text, out[line])


class SearchedTexts(ListedTexts):
    """Texts, each with the tests that it satisfies."""

    def __init__(self, size: int, listed: Mapping[str, Sequence[int]], *, short: bool) -> None:
        texts = list(listed)
        order = np.argsort(hash_column(texts)).tolist()
        super().__init__(size, [texts[place] for place in order], short=short)
        self._tests = Members([listed[text] for text in self._texts])

    def fill(self, source: str, table: DeclaredTable, out: Flags) -> None:
        """Set which values satisfy which tests."""
        at, found = self._found(table.hashes(source, self.size))
        same = self._same(table.column(source), at, found)
        if same is not None:
            at, found = at[same], found[same]
        self._tests.mark(at, found, out)

    def _found(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return where hashes of the list stand, and which they are."""
        places = np.searchsorted(self._hashes, hashes)
        places[places == len(self._hashes)] = 0
        at = np.flatnonzero(self._hashes[places] == hashes)
        return at, places[at]

    def _same(self, values: Sequence[str], at: Integers, found: Integers) -> Flags | None:
        """Return which of the values `at` are the texts `found`; None if all are."""
        if self._exact or not len(at):
            return None
        declared, listed = itemgetter(*at.tolist()), itemgetter(*found.tolist())
        if self.size == WHOLE and declared(values) == listed(self._texts):
            return None
        compare = eq if self.size == WHOLE else str.startswith
        pairs = map(compare, map(values.__getitem__, at), map(self._texts.__getitem__, found))
        return np.fromiter(pairs, np.bool_, len(at))
