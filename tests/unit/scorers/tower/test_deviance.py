"""The excess of counts: a bound that holds, and zero where nothing is above expectation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.tower.deviance import excess
from tests.factories import PROPERTY


@pytest.mark.parametrize(("mean", "spread"), [(2.0, 0.01), (20.0, 0.05), (200.0, 0.02)])
def test_excess_bounds_how_often_counts_are_as_high(mean: float, spread: float) -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(mean * rng.gamma(1 / spread, spread, 400_000)).astype(np.float64)
    size = np.full(len(counts), 1.0)
    strengths = excess(counts, mean * size, spread * size)
    for threshold in (1.0, 3.0, 6.0):
        assert (strengths >= threshold).mean() <= np.exp(-threshold)


@PROPERTY
@given(st.floats(0, 1e6), st.floats(0.01, 1e5), st.floats(0.001, 2.0))
def test_excess_is_zero_up_to_the_expectation_and_rises_above_it(
    count: float, mean: float, spread: float
) -> None:
    counts = np.array([count, count + 10.0])
    found = excess(counts, np.array([mean] * 2), np.array([spread] * 2))
    assert (found >= -1e-9).all()
    assert found[1] >= found[0] - 1e-6 * abs(found[0])
    if count <= mean:
        assert found[0] == 0
