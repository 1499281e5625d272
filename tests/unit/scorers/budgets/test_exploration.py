"""Random holds: at what rate, to whom, and what is recorded so that they can be weighed."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.cuts import TIE_BREAK
from scorers.budgets.exploration import Odds, uncertainty
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.policy import BudgetPolicy
from scorers.budgets.selection import select_with
from scorers.budgets.trusted import TrustedLane
from tests.unit.scorers.budgets.builders import NOON, held, make_parcels, make_policy, part, run

EVEN = (np.arange(2_000) + 0.5) / 2_000


def test_select_draws_at_the_set_rate_whatever_the_score() -> None:
    policy = make_policy(Budget(share=0.1, explore=0.02))
    draws = np.random.default_rng(1).permutation(EVEN)
    chosen = policy.select(make_parcels(2_000, draws=draws))
    assert chosen.explored.sum() == 40
    assert np.array_equal(chosen.explored, draws < 0.02)


def test_select_a_parcel_drawn_and_above_the_threshold_is_explored_with_certainty() -> None:
    policy = make_policy(Budget(share=0.5, explore=0.1))
    chosen = policy.select(make_parcels(2_000))
    both = chosen.explored & (chosen.utility > chosen.thresholds)
    assert both.any()
    assert (chosen.propensity[both] == 1.0).all()


def test_select_states_the_share_of_lotteries_that_hold_each_parcel() -> None:
    rounds = 2_000
    scores = np.round(make_parcels(60, seed=2).scores * 2) / 2
    budget = Budget(share=0.3, explore=0.05, uncertain=0.1)
    policy = make_policy(budget)
    freely, stated = np.zeros(60), np.zeros(60)
    for seed in range(rounds):
        draws = np.random.default_rng(seed).random(60)
        chosen = policy.select(
            make_parcels(60, scores=scores, draws=draws, uncertainty=np.full(60, 0.5))
        )
        freely += chosen.held
        stated += chosen.propensity
    # Five standard deviations of a frequency of that many rounds.
    assert np.abs(freely - stated).max() / rounds < 5 * np.sqrt(0.25 / rounds)
    assert freely.sum() / rounds == pytest.approx(stated.sum() / rounds, rel=0.02)
    assert (stated == rounds).any()
    assert np.any((stated > 0.2 * rounds) & (stated < 0.9 * rounds))


def test_select_of_few_inspections_weighs_what_it_holds_to_the_whole_stream() -> None:
    policy = make_policy(Budget(share=0.3, explore=0.1))
    chosen = run(policy, make_parcels(20_000), size=500)
    propensity = np.concatenate([one.propensity for one in chosen])
    assert np.sum(held(chosen) / propensity) == pytest.approx(20_000, rel=0.03)


def test_select_uncertain_parcels_draws_them_on_top_in_an_arm_of_their_own() -> None:
    policy = make_policy(Budget(share=0.5, explore=0.05, uncertain=0.1))
    draws = np.random.default_rng(2).permutation(EVEN)
    doubt = np.repeat([0.0, 1.0], 1_000)
    chosen = policy.select(make_parcels(2_000, draws=draws, uncertainty=doubt))
    assert not chosen.uncertain[:1_000].any()
    assert np.array_equal(
        chosen.uncertain[1_000:], (draws >= 0.05)[1_000:] & (draws < 0.15)[1_000:]
    )
    arms = (chosen.mandatory, chosen.explored, chosen.uncertain, chosen.risky)
    assert np.sum(arms, axis=0).max() == 1


def test_select_a_flood_draws_no_more_than_half_of_a_number_per_hour() -> None:
    policy = make_policy(Budget(per_hour=100.0, explore=0.01))
    chosen = run(policy, make_parcels(60_000, seconds=3_600), size=1_000)
    drawn = sum(int(one.explored.sum()) for one in chosen)
    expected = sum(float(one.odds.total.sum()) for one in chosen)
    assert expected <= 51
    assert abs(drawn - expected) < 4 * np.sqrt(expected)
    assert held(chosen).sum() == pytest.approx(100, abs=6)


@pytest.mark.parametrize("size", [100, 2_000])
def test_select_after_an_idle_time_draws_nothing_for_what_was_forfeited(size: int) -> None:
    policy = make_policy(Budget(per_hour=360.0, explore=0.05))
    run(policy, make_parcels(200, seconds=60))
    chosen = run(policy, make_parcels(4_000, seed=1, start=NOON + 3_000, seconds=10), size)
    # 49 minutes would be 294 holds; the flood has one of its own, and a band of 2 was saved.
    assert sum(float(one.odds.total.sum()) for one in chosen) < 3
    assert 0 < held(chosen).sum() <= 6


def test_select_by_lot_alone_holds_nothing_by_score() -> None:
    chosen = run(make_policy(Budget(share=0.05, explore=0.05)), make_parcels(4_000))
    assert not np.concatenate([one.risky for one in chosen]).any()
    # Four standard deviations: of what is held, all is chance.
    assert abs(held(chosen).sum() - 200) < 4 * np.sqrt(200)


def test_select_trusted_parcels_draws_them_less_often_and_ranks_them_as_all() -> None:
    lane = TrustedLane(explore_factor=0.2)
    plan = BudgetPlan(default=Budget(share=0.3, explore=0.1), trusted=lane)
    policy, trusted = BudgetPolicy(plan), np.arange(2_000) % 2 == 0
    draws = np.random.default_rng(4).permutation(EVEN)
    chosen = policy.select(make_parcels(2_000, draws=draws, trusted=trusted))
    assert np.array_equal(chosen.explored, draws < np.where(trusted, 0.02, 0.1))
    above = chosen.utility + 1e-6 * draws > chosen.thresholds
    assert chosen.held[above & trusted].all()


def test_select_trusted_parcels_never_clears_a_mandatory_hold() -> None:
    lane = TrustedLane(explore_factor=0.01)
    policy = BudgetPolicy(BudgetPlan(default=Budget(share=0.01), trusted=lane))
    everything = np.ones(500, np.bool_)
    chosen = policy.select(make_parcels(500, trusted=everything, mandatory=everything))
    assert chosen.mandatory.all()
    assert (chosen.propensity == 1.0).all()


def test_select_with_recorded_thresholds_decides_the_same_in_any_cut() -> None:
    policy = make_policy(Budget(share=0.1, explore=0.02, uncertain=0.02), A=Budget(per_hour=90.0))
    parcels = make_parcels(
        3_000,
        seconds=7_000,
        offices=["A", ""] * 1_500,
        uncertainty=np.full(3_000, 0.7),
        mandatory=np.arange(3_000) % 50 == 0,
    )
    chosen = run(policy, parcels, 130)
    recorded = {
        name: np.concatenate([getattr(one, name) for one in chosen])
        for name in ("thresholds", "utility", "mandatory", "propensity", "risky", "explored")
    }
    odds = Odds(*(np.concatenate(parts) for parts in zip(*(o.odds for o in chosen), strict=True)))
    order = np.random.default_rng(5).permutation(3_000)
    for cut in np.array_split(order, 7):
        again = select_with(
            recorded["thresholds"][cut],
            recorded["utility"][cut],
            parcels.draws[cut],
            Odds(odds.base[cut], odds.uncertain[cut]),
            recorded["mandatory"][cut],
        )
        assert np.array_equal(again.held, held(chosen)[cut])
        for name in ("risky", "explored", "propensity"):
            assert np.array_equal(getattr(again, name), recorded[name][cut])


def test_select_leaves_its_columns_unchanged() -> None:
    parcels = make_parcels(200, mandatory=np.arange(200) % 9 == 0, start=NOON)
    copy = part(parcels, 0, 200)
    before = {name: np.array(column) for name, column in vars(copy).items() if column is not None}
    make_policy(Budget(share=0.1, explore=0.05)).select(parcels)
    for name, column in before.items():
        assert np.array_equal(getattr(parcels, name), column)


def test_uncertainty_is_largest_at_one_half_and_none_where_it_is_sure() -> None:
    chances = np.linspace(0, 1, 101)
    assert uncertainty(chances).argmax() == 50
    assert uncertainty(chances)[[0, 50, 100]].tolist() == [0, 1, 0]


def test_odds_add_up_shrink_and_are_chosen_by_parcel() -> None:
    odds = Odds(np.array([0.1, 0.2]), np.array([0.05, 0.0]))
    assert odds.total == pytest.approx([0.15, 0.2])
    half = odds.scaled(np.array([0.5, 1.0]))
    assert (half.base.tolist(), half.uncertain.tolist()) == ([0.05, 0.2], [0.025, 0.0])
    last = odds.of(np.array([False, True]))
    assert (last.base.tolist(), last.uncertain.tolist()) == ([0.2], [0.0])


ARMS = ("mandatory", "explored", "uncertain", "risky")


@pytest.mark.parametrize(
    ("draw", "value", "must", "arm", "propensity"),
    [
        (0.9, 0.0, True, "mandatory", 1.0),
        (0.05, 9.0, True, "mandatory", 1.0),
        (0.05, 0.0, False, "explored", 0.1875),
        (0.1249, 0.0, False, "explored", 0.1875),
        (0.125, 0.0, False, "uncertain", 0.1875),
        (0.1874, 9.0, False, "uncertain", 1.0),
        (0.1875, 0.0, False, None, 0.1875),
        (0.1875, 9.0, False, "risky", 1.0),
        (0.9, 1.0, False, "risky", 1.0),  # a tie, which any lottery number but 0 lifts above
        (0.05, 1.0, False, "explored", 1.0),
        (0.9, 1.0 - 0.5e-6, False, "risky", 0.1875 + 0.5),  # held by numbers above one half
        (0.4, 1.0 - 0.5e-6, False, None, 0.1875 + 0.5),
        (0.9, 1.0 - 0.1e-6, False, "risky", 1.0),  # lower numbers than a tenth are drawn anyway
        (0.9, 1.0 - 2e-6, False, None, 0.1875),
    ],
)
def test_select_with_a_threshold_of_one_holds_by_one_arm_and_states_its_chance(
    draw: float, value: float, must: bool, arm: str | None, propensity: float
) -> None:
    odds = Odds(np.array([0.125]), np.array([0.0625]))
    column = np.array([value])
    chosen = select_with(np.ones(1), column, np.array([draw]), odds, np.array([must]))
    assert [name for name in ARMS if getattr(chosen, name)[0]] == ([arm] if arm else [])
    assert chosen.held.tolist() == [arm is not None]
    assert chosen.propensity == pytest.approx([propensity], abs=1e-6)
    assert (chosen.thresholds.tolist(), chosen.utility.tolist()) == ([1.0], [value])
    assert chosen.odds is odds


def test_select_a_value_that_its_lottery_number_lifts_to_the_threshold_clears_it() -> None:
    draws, nothing = np.array([0.5, 0.5]), np.zeros(2)
    thresholds = np.array([1 + TIE_BREAK * 0.5, np.nextafter(1 + TIE_BREAK * 0.5, 0)])
    chosen = select_with(thresholds, np.ones(2), draws, Odds(nothing, nothing), nothing > 0)
    assert chosen.risky.tolist() == [False, True]
