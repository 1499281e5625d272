"""Exchange rates as an array, and conversion of columns of amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final

import numpy as np

from schemas.reference.exchange import BASE, ExchangeRates
from scorers.assessment.moments import available_from
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes, hash_column
from scorers.writing.columns import Names

CURRENCY: Final = "currency"
"""What a parcel's values are declared in."""

_UNKNOWN: Final = 0
"""Number of every currency that is not in the reference data; it has no rates."""

_TIE: Final = 1e-6
"""A half that is off by a float's rounding still counts as a half, far below any real remainder."""


def half_up(amounts: Floats) -> Floats:
    """Return amounts rounded to whole units, halves up, as tariffs are.

    >>> half_up(np.array([0.5, 1.4999, 2.5, 1.005 * 100])).tolist()
    [1.0, 1.0, 3.0, 101.0]
    """
    rounded: Floats = np.floor(amounts + (0.5 + _TIE))
    return rounded


class Currencies:
    """Numbers of currencies, and rates between them by day.

    Between equal currencies the rate is 1, on days without any rate too; NaN is a rate that is
    not known.
    """

    def __init__(self, rates: ExchangeRates, further: Iterable[str]) -> None:
        self.codes = ("", *dict.fromkeys((BASE, *further, *rates.currencies)))
        self._numbers = {code: number for number, code in enumerate(self.codes)}
        self.written = Names(self.codes)
        self._names = np.array(self.codes, dtype=np.object_)
        hashes = hash_column(self.codes)
        self._by_hash = np.argsort(hashes)
        self._hashes = hashes[self._by_hash]
        self._from = np.array([available_from(day) for day in rates.by_day])
        # The first line is for the time before the first rates.
        self.rates = np.full((len(self._from) + 1, len(self.codes)), np.nan)
        self.rates[:, self.number(BASE)] = 1.0
        for line, of_day in enumerate(rates.by_day.values(), start=1):
            for code, rate in of_day.items():
                self.rates[line, self.number(code)] = rate

    def number(self, code: str) -> int:
        """Return a currency's number."""
        return self._numbers.get(code, _UNKNOWN)

    def numbers(self, codes: Sequence[str]) -> Integers:
        """Return the number of each code."""
        found = map(self._numbers.get, codes, repeat(_UNKNOWN))
        return np.fromiter(found, np.int64, len(codes))

    def numbers_of(self, hashes: Hashes) -> Integers:
        """Return the number of each code, given by its hash: codes that short never share one."""
        places = np.minimum(self._hashes.searchsorted(hashes), len(self._hashes) - 1)
        return np.where(self._hashes[places] == hashes, self._by_hash[places], _UNKNOWN)

    def names(self, numbers: Integers) -> list[str]:
        """Return the code of each number, empty for what is not known."""
        codes: list[str] = self._names[numbers].tolist()
        return codes

    def days(self, moments: Floats) -> Integers:
        """Return the line of rates in use at each moment."""
        return self._from.searchsorted(moments, side="right")

    def rate(self, given: Integers, wanted: Integers, days: Integers) -> Floats:
        """Return how many units of the currency wanted one unit of the given one is."""
        same = (given == wanted) & (given != _UNKNOWN)
        if same.all():
            return np.ones(len(given))
        crossed = self.rates[days, wanted] / self.rates[days, given]
        return np.where(same, 1.0, crossed)
