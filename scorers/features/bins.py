"""Bins of quantities: at declared edges, or at equal parts of each doubling."""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.fields import Number
from scorers.features.hashing import Hashes, mixed

MISSING: Final = np.uint64(2**63)
"""Bin of a quantity that is not known."""

_FRACTION_BITS: Final = 52
_FLOAT: Final = struct.Struct("<d")
_BITS: Final = struct.Struct("<Q")


class EdgedBins:
    """The bins of several quantities that are cut at edges; each bin has its hash in a list."""

    def __init__(self, numbers: Sequence[Number], salts: Hashes, lines: Sequence[int]) -> None:
        """`lines` tell where each quantity stands among the values."""
        self._lines = np.array(lines, np.int64)
        self._edges = np.array([*chain.from_iterable(one.edges for one in numbers)], np.float64)
        self._starts: Integers = np.cumsum([0, *(len(one.edges) for one in numbers)])
        listed = [_listed(one) ^ salt for one, salt in zip(numbers, salts, strict=True)]
        self._hashes = mixed(np.concatenate([np.empty(0, np.uint64), *listed]))

    def write(self, values: Floats, hashes: Hashes) -> None:
        """Write the hash of each value's bin, a line for each quantity."""
        _bin(values, self._lines, self._edges, self._starts, self._hashes, hashes)


@compiled
def _bin(
    values: Floats,
    lines: Integers,
    edges: Floats,
    starts: Integers,
    listed: Hashes,
    hashes: Hashes,
) -> None:
    places = np.empty(values.shape[1], dtype=np.int64)
    for line in range(len(lines)):
        numbers = values[lines[line]]
        # Each quantity before has one bin more than edges, and that of what is missing.
        first = starts[line] + 2 * line
        places[:] = first
        for place in range(starts[line], starts[line + 1]):
            for column in range(len(places)):
                places[column] += numbers[column] >= edges[place]
        missing = starts[line + 1] + 2 * line + 1
        for column in range(len(places)):
            known = numbers[column] == numbers[column]
            hashes[line, column] = listed[places[column] if known else missing]


def _listed(number: Number) -> Hashes:
    """Return all bins of a quantity that is cut at edges, the one of a missing value last."""
    return np.array([*range(len(number.edges) + 1), MISSING], dtype=np.uint64)


def bins_of(number: Number, values: Floats) -> Hashes:
    """Return the bin of each value, `MISSING` for NaN.

    >>> number = Number("mass", "gross_weight_kg", "mass", edges=(1.0, 2.0))
    >>> bins_of(number, np.array([0.5, 1.0, 7.0])).tolist()
    [0, 1, 2]
    """
    if not number.per_octave:
        # An edge that is no number sorts behind all others: only NaN comes after it.
        edges = np.array([*number.edges, np.nan])
        return _listed(number)[edges.searchsorted(values, side="right")]
    # Adding zero makes -0.0 and 0.0 the same bits.
    bins = (values + 0.0).view(np.uint64) >> _dropped(number)
    bins[np.isnan(values)] = MISSING
    return bins


def bin_bounds(number: Number, value: float) -> tuple[float, float]:
    """Return the bounds of the bin that `value` is in; the outer ones are open.

    >>> bin_bounds(Number("mass", "gross_weight_kg", "mass", edges=(1.0, 2.0)), 1.5)
    (1.0, 2.0)
    >>> bin_bounds(Number("mass", "gross_weight_kg", "mass", per_octave=2), 1.7)
    (1.5, 2.0)
    """
    if not number.per_octave:
        edges = (-math.inf, *number.edges, math.inf)
        place = bisect_right(number.edges, value)
        return edges[place], edges[place + 1]
    dropped = int(_dropped(number))
    (bits,) = _BITS.unpack(_FLOAT.pack(value + 0.0))
    start = bits >> dropped << dropped
    low, high = sorted(
        _FLOAT.unpack(_BITS.pack(bound))[0] for bound in (start, start + (1 << dropped))
    )
    return low, high


def _dropped(number: Number) -> np.uint64:
    """Return how many bits of the fraction a bin leaves out."""
    return np.uint64(_FRACTION_BITS - (number.per_octave.bit_length() - 1))
