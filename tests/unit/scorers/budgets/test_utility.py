"""What parcels are ranked by: chance, expected loss, or both."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.utility import blended, expected_loss

SCORES = np.array([-3.0, -1.0, 0.5, 2.0])
CHANCES = 1 / (1 + np.exp(-SCORES))
REVENUE = np.array([500.0, 40.0, 9.0, 1.0])


def values(weight: float, loss: np.ndarray) -> np.ndarray:
    return blended(SCORES, loss, np.full(len(SCORES), weight))


def test_expected_loss_is_chance_times_revenue_plus_severity() -> None:
    loss = expected_loss(CHANCES, REVENUE, np.array([0.0, 0.0, 0.0, 90.0]))
    assert loss == pytest.approx(CHANCES * REVENUE + [0, 0, 0, 90])


def test_blend_without_weight_is_the_score_bit_for_bit() -> None:
    assert np.array_equal(values(0.0, expected_loss(CHANCES, REVENUE, 0 * REVENUE)), SCORES)


def test_blend_of_loss_alone_ranks_by_loss() -> None:
    loss = expected_loss(CHANCES, REVENUE, 0 * REVENUE)
    assert np.array_equal(np.argsort(values(1.0, loss)), np.argsort(loss))


def test_blend_in_another_currency_ranks_the_same() -> None:
    loss = expected_loss(CHANCES, REVENUE, 0 * REVENUE)
    gaps = np.diff(values(0.4, loss))
    assert np.diff(values(0.4, 7.8 * loss)) == pytest.approx(gaps)


def test_blend_of_nothing_at_stake_is_a_number() -> None:
    assert np.isfinite(values(0.5, np.zeros(4))).all()
