"""Scorers on the same labels: figures that stand for all parcels, with intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.evaluation.comparing import (
    Judged,
    calibration_error,
    difference_of,
    figures_of,
    log_loss,
    precision,
)
from scorers.evaluation.measures import precision_at
from tests.factories import PROPERTY


def drawn(count: int, seed: int) -> tuple[np.ndarray, Judged]:
    """Return well calibrated chances and labels that follow them."""
    rng = np.random.default_rng(seed)
    chances = rng.beta(0.5, 3.0, count)
    labels = (rng.random(count) < chances).astype(np.float64)
    return chances, Judged(labels, np.ones(count))


@given(st.integers(0, 50), st.sampled_from([0.05, 0.1, 0.5]))
@PROPERTY
def test_precision_of_equal_weights_is_that_of_the_highest(seed: int, budget: float) -> None:
    chances, judged = drawn(200, seed)
    assert precision(chances, judged, budget) == pytest.approx(
        precision_at(chances, judged.labels, budget)
    )


@given(st.integers(0, 50), st.integers(0, 50))
@PROPERTY
def test_weight_of_n_is_the_same_label_n_times(seed: int, budget: int) -> None:
    chances, judged = drawn(60, seed)
    times = np.random.default_rng(seed).integers(1, 5, 60)
    weighed = Judged(judged.labels, times.astype(np.float64))
    repeated = Judged(np.repeat(judged.labels, times), np.ones(times.sum()))
    every = np.repeat(chances, times)
    share = (budget + 1) / 60
    assert precision(chances, weighed, share) == pytest.approx(precision(every, repeated, share))
    assert log_loss(chances, weighed) == pytest.approx(log_loss(every, repeated))


def test_calibration_error_of_chances_that_hold_is_small_and_of_others_is_not() -> None:
    chances, judged = drawn(20_000, 3)
    assert calibration_error(chances, judged) < 0.01
    assert calibration_error(chances * 0.5, judged) > 0.05


def test_intervals_hold_the_figures_of_all_parcels() -> None:
    everybody = drawn(200_000, 1)
    truth = precision(*everybody, 0.05), log_loss(*everybody)
    held = 0
    for seed in range(20):
        figures = figures_of(*drawn(1_500, 100 + seed), 0.05)
        held += figures.precision.low <= truth[0] <= figures.precision.high
        held += figures.log_loss.low <= truth[1] <= figures.log_loss.high
    assert held >= 34


def test_difference_of_equal_scorers_is_nothing_and_of_a_worse_one_is_sure() -> None:
    chances, judged = drawn(4_000, 5)
    rng = np.random.default_rng(6)
    worse = rng.permutation(chances)
    same = difference_of(chances, chances, judged, 0.05)
    assert (same.precision, same.log_loss) == ((0, 0, 0), (0, 0, 0))
    found = difference_of(worse, chances, judged, 0.05)
    assert found.precision.high < 0
    assert found.log_loss.low > 0
