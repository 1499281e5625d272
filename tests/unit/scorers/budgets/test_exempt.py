"""Parcels that must not be held, and offices that share the default's queue."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.plan import Budget
from tests.unit.scorers.budgets.builders import held, make_parcels, make_policy, run

EXEMPT = np.arange(2_000) % 10 != 0
"""Nine of ten: more than a share of a fifth leaves."""


@pytest.mark.parametrize(
    "budget",
    [
        Budget(share=0.2),
        Budget(share=0.2, explore=0.2),
        Budget(share=0.2, objective="revenue"),
        Budget(per_hour=3_000.0),
    ],
)
def test_exempt_parcels_are_never_held_and_have_no_chance_of_it(budget: Budget) -> None:
    columns = {"exempt": EXEMPT, "probability": np.full(2_000, 0.5)}
    chosen = run(make_policy(budget), make_parcels(2_000, seconds=3_600, **columns))
    assert not (held(chosen) & EXEMPT).any()
    chances = np.concatenate([one.propensity for one in chosen])
    assert chances[EXEMPT].max() == 0.0
    assert held(chosen)[~EXEMPT].any()


def test_exempt_parcels_count_as_arrivals_of_a_share() -> None:
    half = np.arange(4_000) % 2 == 0
    chosen = held(run(make_policy(Budget(share=0.05)), make_parcels(4_000, exempt=half)))
    assert chosen.sum() == pytest.approx(200, abs=6)


def test_exempt_parcels_may_have_the_highest_values_and_change_no_threshold_of_others() -> None:
    half = np.arange(4_000) % 2 == 0
    scores = np.where(half, 50.0, np.random.default_rng(1).normal(-3.0, 1.0, 4_000))
    chosen = run(make_policy(Budget(share=0.05)), make_parcels(4_000, scores=scores, exempt=half))
    last = np.concatenate([one.thresholds[1::2] for one in chosen[-5:]])
    assert (last < 0).all()


def test_queue_of_offices_without_a_budget_of_their_own_rests_the_defaults() -> None:
    policy = make_policy(Budget(share=0.1, queue=100), OWN=Budget(share=0.1, queue=100))
    offices = ["OWN", "ONE", "TWO", ""] * 100
    parcels = make_parcels(400, offices=offices)
    rested = policy.select(parcels, {"ONE": 60, "TWO": 40}).held.reshape(-1, 4).sum(axis=0)
    assert rested.tolist()[1:] == [0, 0, 0]
    assert rested[0] > 0
