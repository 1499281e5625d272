"""The pace of holding: steady, at the right quantile, and soon right when a stream changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scorers.budgets.account import Growth, band
from scorers.budgets.pace import Pace
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.terms import Terms
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


def column(*values: float) -> np.ndarray:
    return np.array(values)


def test_share_by_score_fades_former_batches_by_two_thousand_arrivals() -> None:
    pace = Pace(1)
    first = pace.share_by_score(Growth(column(40.0), column(1_000.0)), column(10.0), column(500.0))
    assert first == pytest.approx(40 / 1_000 - 10 / 500)
    second = pace.share_by_score(Growth(column(9.0), column(400.0)), column(4.0), column(100.0))
    fade = math.exp(-400 / 2_000)
    allowed = (fade * 40 + 9) / (fade * 1_000 + 400)
    assert second == pytest.approx(allowed - (fade * 10 + 4) / (fade * 500 + 100))


@pytest.mark.parametrize(
    ("entitled", "arrivals", "taken", "own", "expected"),
    [
        (0.1, 1.0, 0.0, 1.0, 0.1),  # one parcel has its share
        (0.5, 1.0, 0.25, 1.0, 0.25),
        (3.0, 0.0, 0.0, 0.0, 3.0),  # none divides by nothing
        (1.0, 10.0, 5.0, 10.0, 0.0),  # never below 0
    ],
)
def test_share_by_score_of_small_batches_is_exact_and_never_negative(
    entitled: float, arrivals: float, taken: float, own: float, expected: float
) -> None:
    grown = Growth(column(entitled), column(arrivals))
    assert Pace(1).share_by_score(grown, column(taken), column(own)) == pytest.approx(expected)


NUMBER = Terms(BudgetPlan(default=Budget(per_hour=60.0)))
SHARE = Terms(BudgetPlan(default=Budget(share=0.1)))


def explorable(
    pace: Pace,
    wished: float,
    entitled: float,
    own: float = 10.0,
    arrivals: float = 10.0,
    gate: float = 1.0,
    terms: Terms = NUMBER,
) -> float:
    grown = Growth(column(entitled), column(arrivals))
    return float(pace.explorable(terms, column(wished), column(own), grown, column(gate))[0])


@pytest.mark.parametrize(
    ("wished", "entitled", "own", "arrivals", "expected"),
    [
        (10.0, 8.0, 10.0, 10.0, 4.5 / 10),  # half of what came, and half a hold to begin with
        (10.0, 8.0, 50.0, 100.0, 2.5 / 10),  # of which half came here
        (10.0, 8.0, 1.0, 1.0, 4.5 / 10),
        (10.0, 8.0, 4.0, 2.0, 4.5 / 10),  # no worker has more than all
        (1.0, 8.0, 10.0, 10.0, 1.0),  # never above what is wished
        (0.8, 0.0, 10.0, 10.0, 0.5 / 0.8),  # less than a hold counts too
    ],
)
def test_explorable_of_a_number_per_hour_is_half_of_it_at_most(
    wished: float, entitled: float, own: float, arrivals: float, expected: float
) -> None:
    assert explorable(Pace(1), wished, entitled, own, arrivals) == pytest.approx(expected)


def test_explorable_spends_its_credit_and_saves_no_more_than_a_batch_brought() -> None:
    pace = Pace(1)
    assert explorable(pace, 10.0, 8.0) == pytest.approx(0.45)
    assert explorable(pace, 10.0, 0.0) == 0.0
    assert explorable(pace, 0.0, 20.0) == 1.0
    assert explorable(pace, 4.0, 0.0) == 1.0  # of the ten saved
    assert explorable(pace, 4.0, 0.0) == pytest.approx(1 / 4)  # one stays of the six left
    assert explorable(pace, 0.0, 20.0) == 1.0
    assert explorable(pace, 0.0, 20.0) == 1.0
    assert explorable(pace, 20.0, 0.0) == pytest.approx(10 / 20)  # not of what both brought


def test_explorable_of_a_share_is_all_that_is_wished_and_costs_no_later_credit() -> None:
    pace = Pace(1)
    assert explorable(pace, 100.0, 1.0, terms=SHARE) == 1.0
    assert explorable(pace, 10.0, 8.0) == pytest.approx(0.4)


def test_explorable_with_a_closed_gate_is_less_and_keeps_what_it_did_not_spend() -> None:
    pace = Pace(1)
    assert explorable(pace, 10.0, 8.0, gate=0.5) == pytest.approx(0.225)
    assert explorable(pace, 10.0, 0.0) == pytest.approx(0.225)
    assert explorable(Pace(1), 10.0, 8.0, gate=0.25, terms=SHARE) == 0.25


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
