"""The share policy: how much is held, which, and with what propensity."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.policy import Selection, ShareBudget, SharePolicy

BUDGET = ShareBudget(hold=0.03, explore=0.005)
EVEN = (np.arange(20_000) + 0.5) / 20_000
"""Lottery numbers that are exactly evenly spread: shares come out without sampling noise."""


def evenly_drawn(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(EVEN)


def select_all(policy: SharePolicy, scores: np.ndarray, draws: np.ndarray, size: int) -> Selection:
    """Decide a stream in batches of `size`; return the selections as one."""
    parts = [
        policy.select(scores[start : start + size], draws[start : start + size])
        for start in range(0, len(scores), size)
    ]
    return Selection(
        np.concatenate([part.explored for part in parts]),
        np.concatenate([part.risky for part in parts]),
        np.concatenate([part.propensity for part in parts]),
        parts[-1].threshold,
    )


@pytest.mark.parametrize("size", [50, 500, 4_000])
@pytest.mark.parametrize("budget", [BUDGET, ShareBudget(0.2, 0.02), ShareBudget(0.05, 0.0)])
def test_select_from_a_stationary_stream_holds_the_budgets_share(
    budget: ShareBudget, size: int
) -> None:
    scores = np.random.default_rng(1).normal(size=20_000)
    chosen = select_all(SharePolicy(budget, window=5_000), scores, evenly_drawn(2), size)
    assert np.mean(chosen.explored | chosen.risky) == pytest.approx(budget.hold, rel=0.1)
    assert np.mean(chosen.explored) == budget.explore


def test_select_follows_a_stream_whose_scores_rise() -> None:
    scores = np.repeat([0.0, 5.0], 10_000) + np.random.default_rng(3).normal(size=20_000)
    chosen = select_all(SharePolicy(BUDGET, window=2_000), scores, evenly_drawn(4), 500)
    settled = (chosen.explored | chosen.risky)[14_000:]
    assert np.mean(settled) == pytest.approx(BUDGET.hold, rel=0.15)


def test_select_holds_the_highest_scores_of_a_batch() -> None:
    scores = np.random.default_rng(5).permutation(np.arange(1_000.0))
    chosen = SharePolicy(ShareBudget(0.1, 0.0)).select(scores, EVEN[:1_000])
    assert sorted(scores[chosen.risky]) == list(range(900, 1_000))
    assert chosen.threshold == pytest.approx(899.5, abs=1e-5)


def test_select_explores_without_looking_at_the_score() -> None:
    scores = np.random.default_rng(6).normal(size=20_000)
    draws = evenly_drawn(7)
    chosen = SharePolicy(ShareBudget(0.1, 0.05)).select(scores, draws)
    assert np.array_equal(chosen.explored, draws < 0.05)
    assert np.mean(scores[chosen.explored]) == pytest.approx(0.0, abs=4 / np.sqrt(1_000))
    other = SharePolicy(ShareBudget(0.1, 0.05)).select(-scores, draws)
    assert np.array_equal(other.explored, chosen.explored)


def test_select_gives_each_parcel_to_one_arm_at_most() -> None:
    chosen = SharePolicy(ShareBudget(0.5, 0.2)).select(EVEN.copy(), evenly_drawn(8))
    assert not (chosen.explored & chosen.risky).any()
    assert (chosen.explored & (chosen.propensity == 1.0)).any()


def test_select_states_the_chance_of_a_hold_as_propensity() -> None:
    scores = np.random.default_rng(9).normal(size=500)
    held, rounds = np.zeros(500), 400
    for seed in range(rounds):
        draws = np.random.default_rng(1_000 + seed).random(500)
        chosen = SharePolicy(ShareBudget(0.2, 0.1)).select(scores, draws)
        held += chosen.explored | chosen.risky
    stated = chosen.propensity
    certain = stated == 1.0
    assert certain.sum() == round(500 * ShareBudget(0.2, 0.1).risk)
    assert stated[~certain] == pytest.approx(0.1, rel=1e-12)
    assert (held[certain] == rounds).all()
    assert np.mean(held[~certain]) / rounds == pytest.approx(0.1, rel=0.05)


def test_select_puts_the_threshold_half_way_between_two_scores() -> None:
    scores = np.random.default_rng(9).normal(size=500)
    chosen = SharePolicy(ShareBudget(0.2, 0.1)).select(scores, EVEN[:500])
    above, below = scores[scores > chosen.threshold], scores[scores < chosen.threshold]
    assert len(above) + len(below) == 500
    assert chosen.threshold == pytest.approx((above.min() + below.max()) / 2, abs=1e-6)


def test_select_equal_scores_holds_the_budgets_share_and_not_everything() -> None:
    chosen = SharePolicy(BUDGET).select(np.full(20_000, -2.0), evenly_drawn(10))
    assert np.mean(chosen.explored | chosen.risky) == pytest.approx(BUDGET.hold, rel=0.01)


def test_select_equal_scores_weighs_what_it_holds_to_the_whole_stream() -> None:
    chosen = SharePolicy(ShareBudget(0.3, 0.1)).select(np.zeros(20_000), evenly_drawn(11))
    held = chosen.explored | chosen.risky
    assert np.sum(held / chosen.propensity) == pytest.approx(20_000, rel=0.01)


def test_select_equal_scores_states_the_share_of_the_lottery_numbers_that_hold() -> None:
    # Of evenly spread numbers the highest 2/9 are above the threshold, and 0.1 are drawn.
    chosen = SharePolicy(ShareBudget(0.3, 0.1)).select(np.zeros(20_000), evenly_drawn(11))
    assert chosen.propensity == pytest.approx(0.1 + 0.2 / 0.9, abs=1e-4)


TIES = np.repeat([-1.0, 0.0, 1.0], [300, 400, 100])
"""Scores of which the tied ones in the middle compete for what the highest leave."""


def test_select_tied_scores_states_how_often_many_lotteries_hold_them() -> None:
    budget, rounds = ShareBudget(0.3, 0.1), 2_000
    held, stated, weighed = np.zeros(800), np.zeros(800), 0.0
    for seed in range(rounds):
        draws = np.random.default_rng(5_000 + seed).random(800)
        chosen = SharePolicy(budget).select(TIES, draws)
        holds = chosen.explored | chosen.risky
        held += holds
        stated += chosen.propensity
        weighed += float(np.sum(holds / chosen.propensity))
    frequency, stated = held / rounds, stated / rounds
    low, tied, high = TIES < 0, TIES == 0, TIES > 0
    assert (frequency[high] == 1.0).all()
    assert stated[high] == pytest.approx(1.0)
    assert stated[low] == pytest.approx(0.1, rel=1e-9)
    assert frequency[low].mean() == pytest.approx(0.1, rel=0.02)
    assert frequency[tied].mean() == pytest.approx(stated[tied].mean(), rel=0.02)
    # Five standard deviations of a frequency of that many rounds.
    assert np.abs(frequency - stated).max() < 5 * np.sqrt(0.25 / rounds)
    assert weighed / rounds == pytest.approx(800, rel=0.005)


def test_select_parcels_tied_states_what_their_own_number_decides() -> None:
    draws = evenly_drawn(16)[:800]
    chosen = SharePolicy(ShareBudget(0.3, 0.1)).select(TIES, draws)
    least, tied = chosen.threshold / 1e-6, TIES == 0
    assert 0.1 < least < 1
    assert chosen.propensity[tied] == pytest.approx(1 - (least - 0.1), rel=1e-12)
    assert np.array_equal(chosen.risky[tied], draws[tied] > least)


def test_select_distinct_scores_weighs_what_it_holds_to_the_whole_stream() -> None:
    scores = np.random.default_rng(12).normal(size=20_000)
    chosen = SharePolicy(ShareBudget(0.3, 0.1)).select(scores, evenly_drawn(13))
    held = chosen.explored | chosen.risky
    assert np.sum(held / chosen.propensity) == pytest.approx(20_000, rel=0.02)


def test_select_scores_that_differ_are_not_reordered_by_the_tie_break() -> None:
    scores = np.array([0.0, 1e-5] * 500)
    chosen = SharePolicy(ShareBudget(0.25, 0.0)).select(scores, evenly_drawn(14)[:1_000])
    assert (scores[chosen.risky] == 1e-5).all()


def test_select_with_a_budget_of_zero_holds_nothing_at_a_threshold_json_can_write() -> None:
    chosen = SharePolicy(ShareBudget(0.0, 0.0)).select(np.full(100, 50.0), EVEN[:100])
    assert not (chosen.explored | chosen.risky).any()
    assert not chosen.propensity.any()
    assert chosen.threshold == 1e6


def test_select_with_all_of_the_budget_explored_holds_by_lot_alone() -> None:
    budget = ShareBudget(0.05, 0.05)
    chosen = SharePolicy(budget).select(np.arange(20_000.0), evenly_drawn(15))
    assert not chosen.risky.any()
    assert np.mean(chosen.explored) == 0.05
    assert chosen.propensity == pytest.approx(0.05, rel=1e-12)


def test_select_forgets_scores_beyond_its_window() -> None:
    policy = SharePolicy(ShareBudget(0.1, 0.0), window=1_000)
    policy.select(np.full(1_000, 100.0), EVEN[:1_000])
    for start in range(0, 2_000, 500):
        scores = np.random.default_rng(start).normal(size=500)
        later = policy.select(scores, EVEN[:500])
    assert later.threshold < scores.max()


def test_select_makes_up_for_scores_that_the_recent_ones_do_not_foretell() -> None:
    # A model scores with hindsight what it has learnt from, and so lower than what comes.
    policy, rng = SharePolicy(ShareBudget(0.1, 0.0), window=1_000), np.random.default_rng(12)
    held = 0
    for _ in range(100):
        scores, draws = rng.normal(size=200), rng.random(200)
        held += int(policy.select(scores, draws).risky.sum())
        policy.remember([(rng.normal(size=1_000) - 0.3, rng.random(1_000))])
    assert held == pytest.approx(2_000, rel=0.05)


def test_select_remembers_scores_within_its_window() -> None:
    policy = SharePolicy(ShareBudget(0.1, 0.0), window=1_000)
    policy.select(np.full(500, 100.0), EVEN[:500])
    assert not policy.select(np.zeros(500), EVEN[:500]).risky.any()


def test_select_leaves_scores_and_draws_unchanged() -> None:
    scores, draws = np.zeros(10), EVEN[:10].copy()
    SharePolicy(BUDGET).select(scores, draws)
    assert not scores.any()
    assert np.array_equal(draws, EVEN[:10])


@pytest.mark.parametrize(
    ("hold", "explore"),
    [(1.0, 0.0), (0.05, 0.06), (-0.1, -0.2), (0.05, -0.01), (float("nan"), 0.0), (2.0, 0.1)],
)
def test_declare_a_budget_off_its_bounds_is_refused(hold: float, explore: float) -> None:
    with pytest.raises(ValueError, match="Expected 0 <= explore <= hold < 1") as caught:
        ShareBudget(hold, explore)
    assert str(caught.value).endswith(f"got explore={explore}, hold={hold}")


def test_budget_of_the_two_arms_adds_up_to_the_share_held() -> None:
    assert BUDGET.explore + (1 - BUDGET.explore) * BUDGET.risk == pytest.approx(BUDGET.hold)
    assert BUDGET.version == "share-0.03-explore-0.005"
