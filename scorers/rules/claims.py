"""Matches that rest on hashes of texts, checked before they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.rules.columns import Column
from scorers.rules.conditions import Condition, leaves
from scorers.rules.formulas import Bits

_BYTE_BITS: Final = 3
_FIRST_BIT: Final = 7
"""Of a byte: packed values begin at its highest bit."""


class Claims:
    """Which texts the matches of each condition rest on.

    A condition that asks for a text, and nowhere for its absence, matches too much at worst where
    two texts share a hash. So only texts of matches are compared, not all that were found.
    """

    def __init__(self, conditions: Sequence[Condition], columns: Sequence[Column]) -> None:
        self._sources: dict[int, str] = {}
        self._texts: dict[int, str] = {}
        lines = {}
        first = 0
        for column in columns:
            for place, text in column.claims.items():
                lines[column.tests[place]] = first + place
                self._sources[first + place], self._texts[first + place] = column.source, text
            first += len(column.tests)
        of_each = [[lines[leaf] for leaf in leaves(root) if leaf in lines] for root in conditions]
        self._lines = np.array([line for some in of_each for line in some], dtype=np.int64)
        self._counts = np.array([len(some) for some in of_each], dtype=np.int64)
        self._starts = np.cumsum(self._counts) - self._counts

    def are_true(
        self, table: DeclaredTable, bits: Bits, conditions: Integers, parcels: Integers
    ) -> bool:
        """Tell whether the matches rest on texts that are the listed ones, not only share a hash.

        `bits` has a line for each test of the columns.
        """
        counts = self._counts[conditions]
        starts = self._starts[conditions] - (np.cumsum(counts) - counts)
        owner = np.repeat(np.arange(len(conditions)), counts)
        lines = self._lines[starts[owner] + np.arange(len(owner))]
        rows = parcels[owner]
        found = bits.view(np.uint8)[lines, rows >> _BYTE_BITS] << (rows & _FIRST_BIT)
        claimed = np.flatnonzero(found & (1 << _FIRST_BIT))
        columns = {line: table.column(source) for line, source in self._sources.items()}
        pairs = zip(lines[claimed].tolist(), rows[claimed].tolist(), strict=True)
        return all(columns[line][row] == self._texts[line] for line, row in pairs)
