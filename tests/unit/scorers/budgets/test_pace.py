"""The pace of holding: steady, at the right quantile, and soon right when a stream changes."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.account import Growth, band
from scorers.budgets.pace import Pace
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.windows import NEVER
from tests.unit.scorers.budgets.builders import NOON, held, make_parcels, make_policy, part, run

HALF_EXPLORED = Budget(share=0.1, explore=0.05)


def test_thresholds_are_the_quantile_that_the_other_arms_leave() -> None:
    parcels = make_parcels(20_000, mandatory=np.arange(20_000) % 50 == 0)
    chosen = run(make_policy(HALF_EXPLORED), parcels, size=200)
    used = [one.thresholds[one.thresholds < NEVER].mean() for one in chosen[20:]]
    # 10 % less 5 % by lot less 2 % mandatory, of what is not mandatory.
    expected = np.quantile(parcels.scores, 1 - 0.031)
    assert np.median(used) == pytest.approx(expected, abs=0.1)


def test_share_by_score_is_what_the_other_arms_leave_of_recent_batches() -> None:
    pace = Pace(1)
    for arrivals, entitled in ((4_000.0, 40.0), (40_000.0, 4_000.0)):
        grown = Growth(np.array([entitled]), np.array([arrivals]))
        share = pace.share_by_score(grown, np.array([0.03 * arrivals]), np.array([arrivals]))
    assert share == pytest.approx(0.1 - 0.03, abs=1e-3)


def test_rows_of_a_pace_are_its_pools_in_their_new_places() -> None:
    pace, one = Pace(2), np.array([1.0, 2.0])
    pace.share_by_score(Growth(one, 10 * one), one / 4, 10 * one)
    moved = pace.rows(np.array([1, -1, 0]))
    three = np.zeros(3)
    share = moved.share_by_score(Growth(three, three), three, three)
    assert share == pytest.approx([0.075, 0.0, 0.075])
    assert vars(moved.rows(np.array([2, 0])))["_own"].tolist() == [10.0, 20.0]


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_holds_of_large_batches_vary_little(share: float) -> None:
    chosen = run(make_policy(Budget(share=share)), make_parcels(30_000), size=500)
    counts = np.array([one.held.sum() for one in chosen[5:]])
    assert counts.std() < 1.5 * np.sqrt(500 * share * (1 - share))


def test_holds_stay_nearer_to_the_budget_than_the_band_allows() -> None:
    policy, gaps = make_policy(Budget(share=0.05)), []
    for hour in range(40):
        start = NOON + 3_600 * hour
        count = held(run(policy, make_parcels(2_000, seed=hour, start=start), size=50)).sum()
        gaps.append((count - 100) / band(np.array([100.0]))[0])
    # Evenly spread over the band it would be 0.29.
    assert np.sqrt(np.mean(np.square(gaps))) < 0.24


def test_thresholds_after_a_number_per_hour_meets_ten_times_the_parcels_move_up() -> None:
    policy = make_policy(Budget(per_hour=600.0))
    run(policy, make_parcels(6_000, seconds=1_800), size=100)
    flood = make_parcels(20_000, seed=1, start=NOON + 1_800, seconds=600)
    used = [one.thresholds[0] for one in run(policy, flood, size=100)[-60:]]
    # 600 an hour are 0.5 % of 120,000 an hour, where it was 5 % of 12,000.
    assert np.quantile(flood.scores, 0.985) < np.median(used) < np.quantile(flood.scores, 0.9995)


def test_thresholds_follow_scores_that_shift() -> None:
    policy = make_policy(Budget(share=0.05))
    run(policy, make_parcels(4_000))
    shifted = make_parcels(4_000, seed=1, scores=make_parcels(4_000, seed=1).scores + 3)
    chosen = run(policy, shifted)
    used = np.mean([one.thresholds[0] for one in chosen[20:]])
    assert used == pytest.approx(np.quantile(shifted.scores, 0.95), abs=0.2)


def test_thresholds_outside_the_shift_are_out_of_reach() -> None:
    noon_only = {"days": ("mon",), "start": "12:00", "end": "12:30"}
    policy = make_policy(Budget.model_validate({"share": 0.1, "shifts": [noon_only]}))
    run(policy, make_parcels(2_000, seconds=1_800))
    late = policy.select(make_parcels(500, seed=1, start=NOON + 1_801))
    assert not late.held.any()
    assert (late.thresholds == NEVER).all()


def test_follow_a_plan_with_a_new_office_changes_nothing_elsewhere() -> None:
    budget = Budget(per_hour=400.0, explore=0.01)
    left, right = make_policy(budget), make_policy(budget)
    stream = make_parcels(6_000, seconds=3_000, mandatory=np.arange(6_000) % 40 == 1)
    for policy in (left, right):
        run(policy, part(stream, 0, 3_000))
    right.follow(BudgetPlan(default=budget, offices={"A": Budget(share=0.5)}))
    later = part(stream, 3_000, 6_000)
    here, there = (run(policy, later) for policy in (left, right))
    assert np.array_equal(held(here), held(there))
    for one, other in zip(here, there, strict=True):
        assert other.thresholds == pytest.approx(one.thresholds, abs=1e-9)


def test_follow_a_plan_with_another_objective_forgets_values_of_the_old_scale() -> None:
    policy = make_policy(Budget(share=0.05))
    run(policy, make_parcels(2_000))
    policy.follow(BudgetPlan(default=Budget(share=0.05, objective="revenue")))
    batch = make_parcels(4, probability=np.full(4, 0.1), revenue=np.full(4, 50.0))
    assert (policy.select(batch).thresholds == NEVER).all()
