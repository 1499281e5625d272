"""Tests of whole columns: each column gives a line of bits for each of its tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.conditions import Missing, Test, Within

BitBytes = npt.NDArray[np.uint8]
"""Lines of bits, as `numpy.packbits` packs them: the first one is the highest of its byte."""


class Column(ABC):
    """All tests of one source."""

    def __init__(self, source: str, tests: Sequence[Test]) -> None:
        self.source = source
        self.tests = tuple(tests)

    @property
    def hashed(self) -> Sequence[TextPart]:
        """Texts that `fill` will ask for by their hash, to be hashed together."""
        return ()

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


class NumberColumn(Column):
    """Numbers, compared with all bounds."""

    def __init__(self, source: str, tests: Sequence[Test]) -> None:
        super().__init__(source, tests)
        nowhere = (np.nan, np.nan)
        bounds = [(test.low, test.high) if isinstance(test, Within) else nowhere for test in tests]
        self._low, self._high = np.array(bounds).T.copy()
        self._missing = [place for place, test in enumerate(tests) if isinstance(test, Missing)]

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which numbers are within which bounds, or missing."""
        numbers = table.numbers(self.source)
        _compare(numbers, self._low, self._high, out)
        for line in self._missing:
            _pack(np.isnan(numbers), out[line])


@compiled
def _compare(numbers: Floats, low: Floats, high: Floats, out: BitBytes) -> None:
    for line in range(len(low)):
        least, most = low[line], high[line]
        for place in range(len(numbers)):
            # No branch: which way it went would be a guess.
            within = (numbers[place] >= least) & (numbers[place] <= most)
            out[line, place >> 3] |= np.uint8(within) << np.uint8(7 - (place & 7))


class SignalColumn(Column):
    """A data-quality signal, of which there is one test only: that it is raised."""

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set where the signal is raised."""
        _pack(np.asarray(table.column(self.source), dtype=np.bool_), out[0])


def _pack(flags: Flags, line: BitBytes) -> None:
    packed = np.packbits(flags)
    line[: len(packed)] = packed
