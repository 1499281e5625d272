"""Bins of quantities: every value within the bounds of its own bin, and a bin for the missing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.bins import MISSING, EdgedBins, bin_bounds, bins_of
from scorers.features.fields import Number
from scorers.features.hashing import mixed
from tests.factories import PROPERTY

amounts = st.floats(0, 1e15)
octaves = st.sampled_from([1, 2, 8, 64])


def at_edges(*edges: float) -> Number:
    return Number("value", "total_value", "value", edges=edges)


def by_octaves(per_octave: int) -> Number:
    return Number("value", "total_value", "value", per_octave=per_octave)


def bins(number: Number, *values: float) -> list[int]:
    return bins_of(number, np.array(values)).tolist()


@given(amounts, octaves)
@PROPERTY
def test_bounds_of_an_octave_bin_hold_its_value_and_no_other_bins(
    value: float, per_octave: int
) -> None:
    number = by_octaves(per_octave)
    low, high = bin_bounds(number, value)
    assert low <= value < high
    mine, lowest, last, next_ = bins(number, value, low, math.nextafter(high, 0), high)
    assert mine == lowest == last != next_


@given(amounts, st.lists(st.floats(0, 1e6), min_size=1, max_size=8, unique=True).map(sorted))
@PROPERTY
def test_bounds_of_an_edged_bin_hold_its_value_and_no_other_bins(
    value: float, edges: list[float]
) -> None:
    number = at_edges(*edges)
    low, high = bin_bounds(number, value)
    assert low <= value < high
    assert bins(number, value) == [sum(edge <= value for edge in edges)]


@pytest.mark.parametrize("per_octave", [1, 2, 8, 64])
def test_octave_bins_divide_each_doubling_equally(per_octave: int) -> None:
    number = by_octaves(per_octave)
    for start in (2.0**-20, 1.0, 1024.0):
        values = [start * (1 + step / per_octave) for step in range(per_octave + 1)]
        found = bins(number, *values)
        assert found == list(range(found[0], found[0] + per_octave + 1))


def test_octave_bins_rise_with_the_value() -> None:
    found = bins(by_octaves(8), *np.geomspace(1e-9, 1e15, 2_000).tolist())
    assert found == sorted(found)
    assert len(set(found)) > 500


@pytest.mark.parametrize("number", [at_edges(1.0, 2.0), by_octaves(8)], ids=["edges", "octaves"])
def test_bin_of_a_missing_value_is_its_own(number: Number) -> None:
    missing, *others = bins(number, math.nan, 0.0, 1.0, 1e308, -1.0)
    assert missing == int(MISSING)
    assert missing not in others


@pytest.mark.parametrize("number", [at_edges(1.0, 2.0), by_octaves(8)], ids=["edges", "octaves"])
def test_bin_of_both_zeros_is_one(number: Number) -> None:
    plus, minus = bins(number, 0.0, -0.0)
    assert plus == minus


@pytest.mark.parametrize("number", [at_edges(1.0, 2.0), by_octaves(8)], ids=["edges", "octaves"])
def test_bins_leave_the_values_unchanged(number: Number) -> None:
    values = np.array([math.nan, -0.0, 5.0])
    before = values.tobytes()
    bins_of(number, values)
    assert values.tobytes() == before


def test_bounds_of_a_negative_value_are_in_order() -> None:
    low, high = bin_bounds(by_octaves(2), -1.2)
    assert low <= -1.2 <= high


@given(st.floats(2.0**-1022, 1e300), st.sampled_from([1, 2, 4, 8, 64, 2**20]))
@PROPERTY
def test_octave_bin_is_the_octave_and_the_part_of_it(value: float, per_octave: int) -> None:
    fraction, exponent = math.frexp(value)
    octave, part = exponent - 1, int((2 * fraction - 1) * per_octave)
    # The octave of the least normal number, 2^-1022, is 1.
    assert bins(by_octaves(per_octave), value) == [(octave + 1023) * per_octave + part]


@given(amounts, amounts, octaves)
@PROPERTY
def test_octave_bin_of_a_larger_value_is_no_lower(
    one: float, other: float, per_octave: int
) -> None:
    low, high = bins(by_octaves(per_octave), min(one, other), max(one, other))
    assert low <= high


edges = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9, unique=True).map(sorted)
values = st.one_of(st.floats(), st.sampled_from([math.nan, math.inf, -0.0, 1.0, 2.0]))


@given(st.lists(edges, max_size=4), st.lists(values, max_size=12), st.integers(0, 2**64 - 1))
@PROPERTY
def test_hashes_of_edged_bins_are_those_of_each_value_s_bin(
    cuts: list[list[float]], column: list[float], salt: int
) -> None:
    numbers = [at_edges(*cut, 2e6) for cut in cuts]
    salts = np.arange(len(numbers), dtype=np.uint64) ^ np.uint64(salt)
    # Each quantity stands on a line of its own, the first one last.
    lines = np.array([column] * len(numbers)).reshape(len(numbers), len(column))
    lines += np.arange(len(numbers))[:, None]
    places = range(len(numbers))[::-1]
    hashes = np.empty(lines.shape, dtype=np.uint64)
    EdgedBins(numbers, salts, places).write(lines, hashes)
    for number, one, place, found in zip(numbers, salts, places, hashes, strict=True):
        assert np.array_equal(found, mixed(bins_of(number, lines[place]) ^ one))
