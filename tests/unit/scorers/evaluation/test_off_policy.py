"""Estimates of another policy from a log, against what that policy really finds."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.evaluation.off_policy import DecisionLog, doubly_robust, inverse_propensity

PARCELS = 400
ROUNDS = 400
RNG = np.random.default_rng(1)
CHANCES = RNG.beta(0.5, 3.0, PARCELS)
VIOLATIONS = (RNG.random(PARCELS) < CHANCES).astype(float)
PROPENSITY = np.where(CHANCES > 0.3, 0.9, 0.2)
OTHER = np.where(np.arange(PARCELS) % 2 == 0, 0.7, 0.0)
TRUTH = float(np.mean(OTHER * VIOLATIONS))


def log_of(seed: int, inspected: float = 1.0) -> DecisionLog:
    """Return a log whose lottery `seed` drew, and of which a part is inspected."""
    rng = np.random.default_rng(seed)
    held = rng.random(PARCELS) < PROPENSITY
    known = held & (rng.random(PARCELS) < inspected)
    return DecisionLog(held, PROPENSITY, np.where(known, VIOLATIONS, np.nan))


def values(expected: np.ndarray, inspected: float = 1.0) -> np.ndarray:
    logs = [log_of(seed, inspected) for seed in range(ROUNDS)]
    return np.array([doubly_robust(log, OTHER, expected).value for log in logs])


@pytest.mark.parametrize("inspected", [1.0, 0.6])
@pytest.mark.parametrize("model", [np.zeros(PARCELS), CHANCES, np.full(PARCELS, 0.9)])
def test_estimate_over_many_lotteries_is_what_the_other_policy_finds(
    model: np.ndarray, inspected: float
) -> None:
    found = values(model, inspected)
    # Five standard errors of the mean of that many rounds.
    assert abs(found.mean() - TRUTH) < 5 * found.std() / np.sqrt(ROUNDS)


def test_doubly_robust_with_a_good_model_errs_less_than_weights_alone() -> None:
    assert values(CHANCES).std() < values(np.zeros(PARCELS)).std()


def test_inverse_propensity_is_the_sum_over_inspections_worked_by_hand() -> None:
    log = DecisionLog(
        np.array([True, True, False, True]),
        np.array([0.5, 1.0, 0.2, 0.25]),
        np.array([1.0, 0.0, np.nan, 3.0]),
    )
    estimate = inverse_propensity(log, np.array([1.0, 1.0, 1.0, 0.5]))
    assert estimate.value == pytest.approx((1 / 0.5 + 0 + 0.5 * 3 / 0.25) / 4)
    weights = np.array([2.0, 1.0, 2.0])
    assert estimate.effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert estimate.unsupported == 0


def test_estimate_of_the_logs_own_policy_is_what_it_found() -> None:
    log = DecisionLog(np.ones(4, np.bool_), np.ones(4), np.array([1.0, 0.0, 1.0, 0.0]))
    estimate = inverse_propensity(log, np.ones(4))
    assert estimate.value == 0.5
    assert estimate.error == pytest.approx(np.std([1, 0, 1, 0], ddof=1) / 2)


def test_estimate_states_the_share_of_holds_that_the_log_could_not_have() -> None:
    log = DecisionLog(np.array([True, False]), np.array([0.5, 0.0]), np.array([1.0, np.nan]))
    assert inverse_propensity(log, np.array([0.2, 0.6])).unsupported == pytest.approx(0.75)


def test_standard_error_covers_the_truth_about_as_often_as_it_says() -> None:
    estimates = [doubly_robust(log_of(seed), OTHER, CHANCES) for seed in range(ROUNDS)]
    near = [abs(one.value - TRUTH) < 2 * one.error for one in estimates]
    # The parcels are the same in each round, so errors are stated too large, never too small.
    assert np.mean(near) > 0.93


def test_log_of_a_hold_that_had_no_chance_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^propensity\[1\]: expected > 0 for a held parcel, got 0"
    ):
        DecisionLog(np.array([False, True]), np.array([0.5, 0.0]), np.zeros(2))


def test_log_of_unequal_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="expected equal lengths, got 2, 1 and 2"):
        DecisionLog(np.zeros(2, np.bool_), np.ones(1), np.zeros(2))


def test_estimate_from_an_empty_or_uninspected_log_is_the_models_guess() -> None:
    log = DecisionLog(np.zeros(3, np.bool_), np.full(3, 0.1), np.full(3, np.nan))
    estimate = doubly_robust(log, np.ones(3), np.full(3, 0.25))
    assert (estimate.value, estimate.effective) == (0.25, 0.0)
