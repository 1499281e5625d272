"""The budget policy: how much is held, which parcels, when, and what is recorded of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.budgets.account import band
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.policy import BudgetPolicy
from scorers.budgets.selection import BudgetSelection, Parcels
from tests.factories import PROPERTY
from tests.unit.scorers.budgets.builders import NOON, held, make_parcels, make_policy, part, run

BY_SCORE = Budget(share=0.05)
TIMED = Budget(per_hour=120.0)


def half_band(budget: float) -> float:
    return float(band(np.array([budget]))[0]) / 2


def equal(left: BudgetSelection, right: BudgetSelection) -> bool:
    return np.array_equal(left.held, right.held) and np.array_equal(
        left.thresholds, right.thresholds
    )


@pytest.mark.parametrize("size", [1, 10, 333])
def test_select_by_share_holds_the_share_within_half_a_band(size: int) -> None:
    chosen = held(run(make_policy(BY_SCORE), make_parcels(4_000), size))
    assert abs(chosen.sum() - 200) <= half_band(200)


@PROPERTY
@given(st.lists(st.tuples(st.integers(1, 60), st.floats(-50, 50)), max_size=12))
def test_select_whatever_the_scores_never_leaves_the_band_of_a_share(
    batches: list[tuple[int, float]],
) -> None:
    policy, came, holds = make_policy(BY_SCORE), 0, 0
    for number, (size, level) in enumerate(batches):
        rng = np.random.default_rng(number)
        chosen = policy.select(make_parcels(size, number, scores=level + rng.normal(size=size)))
        policy.commit()
        came, holds = came + size, holds + int(chosen.held.sum())
        assert abs(holds - 0.05 * came) <= half_band(0.05 * came)


@PROPERTY
@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 600)), max_size=12))
def test_select_whatever_comes_when_never_holds_more_than_a_number_per_hour_allows(
    batches: list[tuple[int, float]],
) -> None:
    policy, time, holds = make_policy(TIMED), NOON, 0
    for number, (size, wait) in enumerate(batches):
        time = min(time + wait, NOON + 3_599)
        chosen = policy.select(make_parcels(size, number, start=time))
        policy.commit()
        holds += int(chosen.held.sum())
        allowed = 120 * (time - NOON) / 3_600
        assert holds <= allowed + half_band(allowed)


def test_select_a_number_per_hour_in_a_steady_stream_holds_it() -> None:
    chosen = held(run(make_policy(TIMED), make_parcels(6_000, seconds=3_600)))
    assert abs(chosen.sum() - 120) <= half_band(120) + 1


def test_select_with_fewer_parcels_than_the_number_per_hour_holds_no_more_than_came() -> None:
    chosen = held(run(make_policy(TIMED), make_parcels(20, seconds=3_600), size=1))
    assert chosen.sum() <= 20


def test_select_after_an_idle_time_does_not_release_what_it_saved() -> None:
    policy = make_policy(TIMED)
    run(policy, make_parcels(200, seconds=60))
    flood = held(run(policy, make_parcels(5_000, seed=1, start=NOON + 3_000, seconds=10)))
    # 50 minutes would be 100 holds; a band is what may be saved.
    assert 0 < flood.sum() <= 2 * half_band(120) + 1


def test_select_with_both_limits_takes_the_lesser() -> None:
    few = make_policy(Budget(per_hour=120.0, share=0.05))
    assert abs(held(run(few, make_parcels(1_000, seconds=3_600))).sum() - 50) <= half_band(50) + 1
    many = make_policy(Budget(per_hour=120.0, share=0.05))
    chosen = held(run(many, make_parcels(9_000, seconds=3_600)))
    assert abs(chosen.sum() - 120) <= half_band(120) + 1


def test_select_holds_the_highest_values_of_a_steady_stream() -> None:
    parcels = make_parcels(20_000)
    chosen = held(run(make_policy(Budget(share=0.05)), parcels))
    best = np.argsort(-parcels.scores)[: chosen.sum()]
    assert chosen[best].mean() > 0.85


def test_select_gives_each_office_its_own_budget_and_the_rest_the_default() -> None:
    policy = make_policy(BY_SCORE, A=Budget(share=0.2), B=Budget(per_hour=0.0))
    offices = ["A", "B", "C", ""] * 2_000
    chosen = held(run(policy, make_parcels(8_000, offices=offices)))
    names = np.array(offices)
    assert abs(chosen[names == "A"].sum() - 400) <= half_band(400)
    assert chosen[names == "B"].sum() == 0
    assert abs(chosen[(names == "C") | (names == "")].sum() - 200) <= half_band(200)


def test_select_counts_mandatory_holds_against_the_budget() -> None:
    mandatory = np.arange(4_000) % 40 == 0
    chosen = run(make_policy(BY_SCORE), make_parcels(4_000, mandatory=mandatory))
    assert abs(held(chosen).sum() - 200) <= half_band(200)
    assert np.array_equal(np.concatenate([one.mandatory for one in chosen]), mandatory)


def test_select_more_mandatory_holds_than_the_budget_holds_them_and_nothing_else() -> None:
    mandatory = np.arange(4_000) % 5 == 0
    policy = make_policy(Budget(share=0.05, explore=0.02))
    chosen = held(run(policy, make_parcels(4_000, mandatory=mandatory)))
    assert chosen[mandatory].all()
    assert chosen[~mandatory].mean() < 0.002


def test_select_pays_debts_within_the_hour_only() -> None:
    policy = make_policy(BY_SCORE)
    run(policy, make_parcels(1_000, mandatory=np.ones(1_000, np.bool_)))
    assert held(run(policy, make_parcels(2_000, seed=1))).sum() == 0
    later = held(run(policy, make_parcels(2_000, seed=2, start=NOON + 3_600)))
    assert abs(later.sum() - 100) <= half_band(100)


def test_select_a_batch_over_two_hours_budgets_each() -> None:
    chosen = make_policy(BY_SCORE).select(make_parcels(4_000, start=NOON, seconds=7_200))
    assert abs(chosen.held[:2_000].sum() - 100) <= half_band(100)
    assert abs(chosen.held[2_000:].sum() - 100) <= half_band(100)


def test_select_late_parcels_counts_them_in_their_own_hour() -> None:
    policy = make_policy(BY_SCORE)
    run(policy, make_parcels(2_000))
    run(policy, make_parcels(2_000, seed=1, start=NOON + 3_600))
    late = held(run(policy, make_parcels(2_000, seed=2)))
    assert abs(late.sum() - 100) <= 2 * half_band(200)


def test_select_a_deep_queue_holds_less_and_a_full_one_nothing() -> None:
    def holds(waiting: int) -> int:
        policy = make_policy(BY_SCORE, A=Budget(share=0.1, queue=100))
        parcels = make_parcels(2_000, offices=["A"] * 2_000)
        return sum(
            int(policy.select(part(parcels, start, start + 100), {"A": waiting}).held.sum())
            for start in range(0, 2_000, 100)
            if policy.commit() is None
        )

    assert abs(holds(50) - 200) <= half_band(200) + 1
    assert abs(holds(75) - 100) <= half_band(100) + 1
    assert holds(100) <= 1


def test_select_without_commit_leaves_no_trace() -> None:
    policy, parcels = make_policy(Budget(share=0.1, explore=0.02)), make_parcels(500)
    run(policy, make_parcels(500, seed=1))
    first = policy.select(parcels)
    policy.select(make_parcels(300, seed=2))
    assert equal(policy.select(parcels), first)


def test_commit_twice_counts_once() -> None:
    once, twice = make_policy(BY_SCORE), make_policy(BY_SCORE)
    for policy in (once, twice):
        policy.select(make_parcels(500))
        policy.commit()
    twice.commit()
    assert once.report() == twice.report()
    assert equal(once.select(make_parcels(500, 1)), twice.select(make_parcels(500, 1)))


def test_commit_of_nothing_selected_or_of_what_was_selected_before_hearing_counts_nothing() -> None:
    policy = make_policy(BY_SCORE)
    policy.commit()
    policy.select(make_parcels(100))
    policy.hear({})
    policy.commit()
    assert policy.report() == {}


def test_select_the_same_day_again_decides_the_same_bit_for_bit() -> None:
    plan = Budget(per_hour=150.0, explore=0.01, uncertain=0.01)
    parcels = make_parcels(3_000, seconds=5_000, uncertainty=np.full(3_000, 0.5))
    first, again = (run(make_policy(plan), parcels) for _ in range(2))
    for left, right in zip(first, again, strict=True):
        assert equal(left, right)
        assert np.array_equal(left.propensity, right.propensity)


def test_select_no_parcels_is_possible() -> None:
    chosen = make_policy().select(make_parcels(0))
    columns = (chosen.held, chosen.thresholds, chosen.utility, chosen.propensity)
    assert [len(column) for column in columns] == [0] * 4


def test_select_ranks_by_expected_loss_where_an_office_wants_it() -> None:
    count = 2_000
    rng = np.random.default_rng(3)
    revenue = rng.permutation(np.arange(1.0, count + 1))
    parcels = make_parcels(
        count, offices=["A"] * count, probability=np.full(count, 0.1), revenue=revenue
    )
    policy = make_policy(A=Budget(share=0.1, objective="revenue"))
    chosen = policy.select(parcels)
    assert revenue[chosen.risky].min() > revenue[~chosen.risky].max()
    assert chosen.utility == pytest.approx(np.log(0.1 * revenue))


def test_select_by_expected_loss_without_probabilities_is_refused() -> None:
    policy = make_policy(Budget(share=0.1, objective="revenue"))
    with pytest.raises(ValueError, match=r"^probability: expected a column, .* got none$"):
        policy.select(make_parcels(10))


def test_select_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^offices: expected 10 entries as in scores, got 1$"):
        make_parcels(10, offices=[""])


def test_select_outside_the_shift_holds_only_what_is_mandatory() -> None:
    night = {"days": ("mon",), "start": "00:00", "end": "06:00"}
    policy = make_policy(Budget.model_validate({"share": 0.1, "explore": 0.05, "shifts": [night]}))
    mandatory = np.arange(1_000) % 100 == 0
    chosen = policy.select(make_parcels(1_000, mandatory=mandatory))
    assert np.array_equal(chosen.held, mandatory)
    assert (chosen.propensity[~mandatory] == 0).all()


def test_remember_rescored_parcels_moves_the_threshold_to_their_scale() -> None:
    policy, recent = make_policy(BY_SCORE), make_parcels(1_000)
    run(policy, recent)
    before = policy.select(make_parcels(100, 1)).thresholds[0]
    rescored = make_parcels(1_000, scores=recent.scores + 7.0)
    policy.remember([part(rescored, 0, 500), part(rescored, 500, 1_000)])
    after = policy.select(make_parcels(100, 1, scores=make_parcels(100, 1).scores + 7)).thresholds
    assert after[0] == pytest.approx(before + 7.0, abs=1e-6)


def test_follow_another_plan_keeps_what_was_held_and_changes_what_comes() -> None:
    policy = make_policy(BY_SCORE, A=Budget(share=0.1))
    names = ["A"] * 2_000
    run(policy, make_parcels(2_000, offices=names))
    policy.follow(BudgetPlan(default=BY_SCORE, offices={"0": BY_SCORE, "A": Budget(share=0.2)}))
    chosen = held(run(policy, make_parcels(2_000, seed=1, offices=names)))
    assert abs(chosen.sum() - 400) <= 2 * half_band(600)
    (tally,) = policy.report().values()
    assert tally.pools["A"].arrivals == 4_000


def test_follow_a_larger_number_per_hour_grants_nothing_for_the_time_before() -> None:
    policy = make_policy(Budget(per_hour=60.0))
    run(policy, make_parcels(2_000, seconds=1_800))
    policy.follow(BudgetPlan(default=Budget(per_hour=600.0)))
    at_once = held(run(policy, make_parcels(1_000, seed=1, start=NOON + 1_801, seconds=1)))
    assert at_once.sum() <= 2 * half_band(300) + 1


def test_version_names_the_plan() -> None:
    policy = make_policy(BY_SCORE)
    assert policy.version == BudgetPlan(default=BY_SCORE).version
    policy.follow(BudgetPlan(default=TIMED))
    assert policy.version == BudgetPlan(default=TIMED).version


def test_select_times_of_many_hours_keeps_a_bounded_number_of_accounts() -> None:
    policy = make_policy(BY_SCORE)
    parcels = make_parcels(200, times=NOON + 3_600.0 * np.arange(200))
    run(policy, parcels, size=50)
    assert len(policy._accounts) <= 50


def test_select_a_day_with_a_shift_and_a_flood_keeps_each_hour_within_five_percent() -> None:
    offices = {"A": Budget(share=0.05, explore=0.005), "B": Budget(per_hour=200.0, explore=0.002)}
    policy = BudgetPolicy(BudgetPlan(default=BY_SCORE, offices=offices))
    rng = np.random.default_rng(11)
    for hour in range(24):
        count = 6_000 * (4 if hour == 14 else 1)
        parcels = Parcels(
            scores=rng.normal(-4.0 + 1.5 * (10 <= hour < 16), 1.2, count),
            draws=rng.random(count),
            offices=["AB"[place] for place in rng.integers(2, size=count).tolist()],
            times=NOON + 3_600 * (hour + np.sort(rng.random(count) ** (3 if hour == 14 else 1))),
            mandatory=rng.random(count) < 0.001,
        )
        chosen, names = held(run(policy, parcels, 500)), np.array(parcels.offices)
        assert chosen[names == "A"].sum() == pytest.approx(0.05 * (names == "A").sum(), rel=0.05)
        assert chosen[names == "B"].sum() == pytest.approx(200, rel=0.05)


def test_use_tells_the_part_of_each_budget_that_is_used_of_pools_allowed_a_hold() -> None:
    policy = make_policy(BY_SCORE, A=BY_SCORE, B=BY_SCORE)
    assert policy.use() == {}
    offices = [["", "A"][number % 2] for number in range(4_000)]
    chosen = held(run(policy, make_parcels(4_000, offices=offices)))
    by_hand = chosen[1::2].sum() / 100
    assert policy.use().keys() == {"", "A"}
    assert policy.use()["A"] == pytest.approx(by_hand)


def test_use_tells_of_a_pool_from_its_first_hold_allowed() -> None:
    policy = make_policy(BY_SCORE)
    run(policy, make_parcels(19))
    assert policy.use() == {}
    run(policy, make_parcels(1, seed=1))
    assert policy.use().keys() == {""}


def wished(policy: BudgetPolicy, office: str = "") -> float:
    """Return the threshold that one parcel of a very low score meets, which the guard leaves."""
    one = make_parcels(1, scores=np.full(1, -50.0), offices=[office])
    return float(policy.select(one).thresholds[0])


def test_remember_leaves_out_what_had_to_be_held_whatever_its_value() -> None:
    free, mandatory = make_parcels(500), np.arange(1_000) % 2 == 0
    both = make_parcels(
        1_000,
        scores=np.where(mandatory, 40.0, np.repeat(free.scores, 2)),
        draws=np.repeat(free.draws, 2),
        mandatory=mandatory,
    )
    left, right = make_policy(BY_SCORE), make_policy(BY_SCORE)
    left.remember([free])
    right.remember([both])
    expected = np.quantile(free.scores, 0.95, method="hazen")
    assert wished(left) == wished(right) == pytest.approx(expected, abs=1e-4)


def test_thresholds_know_of_exempt_parcels_as_arrivals_of_the_least_value() -> None:
    parcels = make_parcels(1_000, exempt=np.arange(1_000) % 2 == 0)
    policy = make_policy(BY_SCORE)
    policy.remember([parcels])
    expected = np.quantile(parcels.scores[1::2], 0.9, method="hazen")
    assert wished(policy) == pytest.approx(expected, abs=0.02)


def test_follow_a_plan_without_an_office_keeps_the_values_of_the_others() -> None:
    names = ["A", "B"] * 500
    scores = make_parcels(1_000).scores + np.tile([10.0, 20.0], 500)
    left, right = (make_policy(BY_SCORE, A=BY_SCORE, B=BY_SCORE) for _ in range(2))
    for policy in (left, right):
        run(policy, make_parcels(1_000, offices=names, scores=scores))
    before = wished(left, "B")
    assert 10 < before < 25
    right.follow(BudgetPlan(default=BY_SCORE, offices=dict.fromkeys(["0", "B"], BY_SCORE)))
    assert wished(right, "B") == pytest.approx(before)
    assert wished(right, "A") == wished(left, "") == 1e6  # the default's, of which none came


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_select_in_an_hour_after_a_quiet_one_keeps_its_room_as_narrow(in_one_batch: bool) -> None:
    def room(*, quiet_hour: bool) -> float:
        policy = make_policy(Budget(share=0.1))
        quiet, flood = make_parcels(200), make_parcels(9_000, 1, start=NOON + 3_600)
        if quiet_hour and in_one_batch:
            both = {
                name: np.concatenate([getattr(quiet, name), getattr(flood, name)])
                for name in ("scores", "draws", "offices", "times")
            }
            policy.select(Parcels(**both))
        else:
            if quiet_hour:
                policy.select(quiet)
                policy.commit()
            policy.select(flood)
        policy.commit()
        return float(policy._accounts[NOON // 3_600 + 1].credit.band[0])

    # Twice the holds of the hour before at most: 40, where 900 are allowed.
    assert room(quiet_hour=True) == pytest.approx(half_band(40) * 2)
    assert room(quiet_hour=False) == pytest.approx(half_band(900) * 2)


def test_commit_of_many_hours_forgets_those_that_were_not_used_for_longest() -> None:
    policy = make_policy(BY_SCORE)
    for hour in [*range(48), 0, 48, 49]:
        run(policy, make_parcels(5, start=NOON + 3_600 * hour))
    first = int(NOON) // 3_600
    assert {hour - first for hour in policy._accounts} == {0, *range(3, 50)}
    assert list(policy.report()) == [first + 48, first + 49]
    run(policy, make_parcels(5, start=NOON))
    assert list(policy.report()) == [first + 49, first]
    assert policy.report()[first].pools[""].arrivals == 15


def test_select_draws_by_the_chances_of_each_office_and_of_its_uncertain_parcels() -> None:
    half = Budget(share=0.5, explore=0.1, uncertain=0.2)
    policy = make_policy(Budget(share=0.5, explore=0.02), A=half)
    odds = policy.select(
        make_parcels(4, offices=["A", "", "A", "B"], uncertainty=np.array([0.5, 1.0, 0.0, 0.0]))
    ).odds
    assert odds.base.tolist() == [0.1, 0.02, 0.1, 0.02]
    assert odds.uncertain.tolist() == [0.1, 0.0, 0.0, 0.0]
    plain = policy.select(make_parcels(2, offices=["A", ""])).odds
    assert plain.uncertain.tolist() == [0.0, 0.0]


def test_select_by_blend_ranks_each_office_by_its_own_weight() -> None:
    policy = make_policy(
        BY_SCORE,
        A=Budget(share=0.1, objective="revenue"),
        B=Budget(share=0.1, objective="blend", revenue_weight=0.25),
    )
    columns = {
        "probability": np.full(3, 0.5),
        "revenue": np.full(3, 20.0),
        "severity": np.array([90.0, 90.0, 5.0]),
    }
    scores = np.full(3, -1.0)
    found = policy.select(make_parcels(3, scores=scores, offices=["", "A", "B"], **columns))
    assert found.utility == pytest.approx([-1.0, np.log(100), -0.75 + 0.25 * np.log(15)])
    only = make_parcels(1, scores=scores[:1], offices=["A"], probability=np.full(1, 0.5))
    assert policy.select(only).utility == pytest.approx([np.log(1e-6)])
