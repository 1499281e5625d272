"""Tests of whole columns: each gives a line of bits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.conditions import Missing, Present, Test, Within

BitBytes = npt.NDArray[np.uint8]
"""Lines of bits, as `numpy.packbits` packs them: the first one is the highest of its byte."""


class Columns(ABC):
    """All tests of one kind, of one column or several."""

    hashed: Sequence[TextPart] = ()
    """Texts that `fill` will ask for by their hash, to be hashed together."""

    def __init__(self, tests: Sequence[Test]) -> None:
        self.tests = tuple(tests)

    @abstractmethod
    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set in `out` (a line for each test, all unset) which values satisfy it."""


@compiled
def set_bit(out: BitBytes, line: int, place: int) -> None:
    """Set one bit of a line."""
    out[line, place >> 3] |= np.uint8(0x80 >> (place & 7))


class Members:
    """Sets of tests, by number: `mark` sets the tests of many values' sets at once."""

    def __init__(self, sets: Sequence[Sequence[int]]) -> None:
        self._ends = np.cumsum([0, *(len(tests) for tests in sets)])
        self._tests = np.array([test for tests in sets for test in tests], dtype=np.int64)

    def mark(self, sets: Integers, out: BitBytes) -> None:
        """Set in `out` the tests of the set that each value has."""
        _mark(sets, self._ends, self._tests, out)


@compiled
def _mark(sets: Integers, ends: Integers, tests: Integers, out: BitBytes) -> None:
    for place in range(len(sets)):
        for at in range(ends[sets[place]], ends[sets[place] + 1]):
            set_bit(out, tests[at], place)


class NumberColumns(Columns):
    """Numbers, compared with all bounds; a signal is 1 where it is raised."""

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__(tests)
        self._sources = list(dict.fromkeys(test.source for test in tests))
        self._rows = np.array([self._sources.index(test.source) for test in tests])
        self._low, self._high = np.array([_bounds(test) for test in tests]).T.copy()
        self._outside = np.array([isinstance(test, Missing) for test in tests])

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which numbers are within which bounds, or missing."""
        numbers = np.array([table.numbers(source) for source in self._sources])
        _compare(numbers, self._rows, self._low, self._high, self._outside, out)


def _bounds(test: Test) -> tuple[float, float]:
    if isinstance(test, Within):
        return test.low, test.high
    # What is missing is nowhere.
    return (1.0, 1.0) if isinstance(test, Present) else (-np.inf, np.inf)


@compiled
def _compare(
    numbers: Floats, rows: Integers, low: Floats, high: Floats, outside: Flags, out: BitBytes
) -> None:
    for line in range(len(rows)):
        least, most, column = low[line], high[line], numbers[rows[line]]
        for start in range(0, len(column), 8):
            bits = np.uint8(0)
            for place in range(start, min(start + 8, len(column))):
                # No branch: which way it went would be a guess.
                within = (column[place] >= least) & (column[place] <= most)
                bits |= np.uint8(within ^ outside[line]) << np.uint8(7 - (place - start))
            out[line, start >> 3] = bits
