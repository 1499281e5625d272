"""Tests of whole columns: each column gives a line of booleans for each of its tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.conditions import Missing, Test, Within


class Column(ABC):
    """All tests of one source."""

    def __init__(self, source: str, tests: Sequence[Test]) -> None:
        self.source = source
        self.tests = tuple(tests)

    @property
    def hashed(self) -> Sequence[TextPart]:
        """Texts that `fill` will ask for by their hash, to be hashed together."""
        return ()

    @property
    def claims(self) -> Mapping[int, str]:
        """Texts that `fill` knows by their hash only, by the place of the test that asks for it."""
        return {}

    @abstractmethod
    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set in `out` (a line for each test, all false) which values satisfy it.

        Where a test makes a claim, also values are set that only share the hash of its text.
        """

    def check(self, table: DeclaredTable, out: Flags) -> None:
        """Take back what `fill` set for a shared hash only."""
        for place, text in self.claims.items():
            keep_equal(table.column(self.source), text, out[place])


def keep_equal(values: Sequence[str], text: str, line: Flags) -> None:
    """Take back from `line`, in which values with the hash of `text` are set, what is another."""
    at = np.flatnonzero(line).tolist()
    found = list(map(values.__getitem__, at))
    if found.count(text) < len(at):
        line[at] = [value == text for value in found]


class Members:
    """Sets of tests, by number: `mark` sets the tests of many values' sets at once."""

    def __init__(self, sets: Sequence[Sequence[int]]) -> None:
        self._sizes = np.array([len(tests) for tests in sets], dtype=np.int64)
        self._firsts = np.cumsum(self._sizes) - self._sizes
        self._tests = np.array([test for tests in sets for test in tests], dtype=np.int64)

    def mark(self, at: Integers, sets: Integers, out: Flags) -> None:
        """Set in `out` the tests of the sets that the values `at` are in."""
        sizes = self._sizes[sets]
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(self._firsts[sets] - starts, sizes)
        out[self._tests[places], np.repeat(at, sizes)] = True


class NumberColumn(Column):
    """Numbers, compared with all bounds at once."""

    def __init__(self, source: str, tests: Sequence[Test]) -> None:
        super().__init__(source, tests)
        nowhere = (np.nan, np.nan)
        bounds = [(test.low, test.high) if isinstance(test, Within) else nowhere for test in tests]
        self._low, self._high = np.array(bounds).T[:, :, None]
        self._missing = [place for place, test in enumerate(tests) if isinstance(test, Missing)]

    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set which numbers are within which bounds, or missing."""
        numbers = table.numbers(self.source)
        np.greater_equal(numbers, self._low, out=out)
        out &= numbers <= self._high
        if self._missing:
            out[self._missing] = np.isnan(numbers)


class SignalColumn(Column):
    """A data-quality signal, of which there is one test only: that it is raised."""

    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set where the signal is raised."""
        out[:] = np.asarray(table.column(self.source), dtype=np.bool_)
