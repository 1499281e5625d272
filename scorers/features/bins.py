"""Bins of quantities: at declared edges, or at equal parts of each doubling."""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from typing import Final

import numpy as np

from scorers.features.batch import Floats
from scorers.features.fields import Number
from scorers.features.hashing import Hashes

MISSING: Final = np.uint64(2**63)
"""Bin of a quantity that is not known."""

_FRACTION_BITS: Final = 52
_FLOAT: Final = struct.Struct("<d")
_BITS: Final = struct.Struct("<Q")


def listed_bins(number: Number) -> tuple[Floats, Hashes]:
    """Return edges, and the bin of each place that `searchsorted` gives among them.

    A last edge that is no number sorts behind all others: only NaN comes after it.

    >>> edges, bins = listed_bins(Number("mass", "gross_weight_kg", "mass", edges=(1.0, 2.0)))
    >>> bins[edges.searchsorted([0.5, 7.0, np.nan], side="right")].tolist()
    [0, 2, 9223372036854775808]
    """
    edges = np.array([*number.edges, np.nan])
    return edges, np.array([*range(len(edges)), MISSING], dtype=np.uint64)


def bins_of(number: Number, values: Floats) -> Hashes:
    """Return the bin of each value, `MISSING` for NaN.

    >>> number = Number("mass", "gross_weight_kg", "mass", edges=(1.0, 2.0))
    >>> bins_of(number, np.array([0.5, 1.0, 7.0])).tolist()
    [0, 1, 2]
    """
    if not number.per_octave:
        edges, listed = listed_bins(number)
        return listed[edges.searchsorted(values, side="right")]
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
