"""Several workers, one budget: what they tell each other, and what if they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.ledger import LocalLedger, PoolTally, Tally
from scorers.budgets.plan import Budget
from scorers.budgets.policy import BudgetPolicy
from tests.unit.scorers.budgets.builders import HOUR, NOON, make_parcels, make_policy, part

TIMED = Budget(per_hour=200.0, explore=0.005)
SHARE = Budget(share=0.05, explore=0.005)


def side_by_side(budget: Budget, workers: int, hears_until: float = 1.0) -> int:
    """Return how many an hour's parcels are held; workers hear each other for a part of it."""
    shared: dict[int, dict[str, Tally]] = {}
    policies = [make_policy(budget) for _ in range(workers)]
    ledgers = [LocalLedger(shared, str(number)) for number in range(workers)]
    streams = [make_parcels(4_000, seed=9 + n, seconds=3_600) for n in range(workers)]
    count = 0
    for start in range(0, 4_000, 50):
        if start < 4_000 * hears_until:
            for policy, ledger in zip(policies, ledgers, strict=True):
                policy.hear(ledger.exchange(policy.report()))
        for policy, stream in zip(policies, streams, strict=True):
            count += int(policy.select(part(stream, start, start + 50)).held.sum())
        for policy in policies:
            policy.commit()
    return count


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_select_by_several_workers_keeps_one_number_per_hour(workers: int) -> None:
    assert side_by_side(TIMED, workers) == pytest.approx(200, rel=0.05)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_select_by_several_workers_keeps_one_share(workers: int) -> None:
    assert side_by_side(SHARE, workers) == pytest.approx(200 * workers, rel=0.05)


@pytest.mark.parametrize("budget", [TIMED, SHARE])
def test_select_after_the_ledger_went_away_keeps_each_workers_part(budget: Budget) -> None:
    expected = 200 if budget is TIMED else 400
    assert side_by_side(budget, 2, hears_until=0.3) == pytest.approx(expected, rel=0.06)


def test_select_in_an_hour_that_began_without_the_ledger_keeps_each_workers_part() -> None:
    policies = two_acquainted()
    later = make_parcels(4_000, seed=3, start=NOON + 3_600, seconds=3_600)
    alone = 0
    for start in range(0, 4_000, 50):
        alone += int(policies[0].select(part(later, start, start + 50)).held.sum())
        policies[0].commit()
    assert alone == pytest.approx(100, abs=8)


def test_report_tells_totals_that_count_once_however_often_told() -> None:
    one, two = two_acquainted()
    before = one.select(make_parcels(100, 7, start=NOON + 30)).thresholds
    told = two.report()
    for _ in range(3):
        one.hear({hour: [tally] for hour, tally in told.items()})
    assert np.array_equal(one.select(make_parcels(100, 7, start=NOON + 30)).thresholds, before)
    assert one.report() == one.report()


def test_report_counts_committed_batches_only() -> None:
    policy = make_policy(SHARE)
    policy.select(make_parcels(100))
    assert policy.report() == {}
    policy.commit()
    assert policy.report()[HOUR].pools[""].arrivals == 100
    policy.select(make_parcels(100))
    assert policy.report()[HOUR].pools[""].arrivals == 100


def test_hear_of_holds_elsewhere_holds_fewer_here() -> None:
    one, two = make_policy(Budget(share=0.1)), make_policy(Budget(share=0.1))
    for policy, mandatory in ((one, 0), (two, 60)):
        policy.select(make_parcels(200, mandatory=np.arange(200) < mandatory))
        policy.commit()
    one.hear({HOUR: list(two.report().values())})
    assert not one.select(make_parcels(200, 1)).held.any()


def test_hear_of_offices_that_are_not_budgeted_here_is_possible() -> None:
    one, two = make_policy(SHARE), make_policy(SHARE, A=Budget(share=0.2))
    for policy in (one, two):
        policy.select(make_parcels(100, offices=["A", ""] * 50))
        policy.commit()
    one.hear({hour: list(two.report().values()) for hour in one.report()})
    two.hear({hour: list(one.report().values()) for hour in two.report()})
    assert len(two.select(make_parcels(100, offices=["A", ""] * 50)).held) == 100


def test_hear_of_an_hour_without_parcels_here_is_ignored() -> None:
    policy = make_policy(SHARE)
    policy.hear({HOUR: [Tally(NOON, "", {})]})
    assert policy.report() == {}


def test_select_after_an_idle_time_releases_one_band_at_all_workers_together() -> None:
    shared: dict[int, dict[str, Tally]] = {}
    policies = [make_policy(Budget(per_hour=2_000.0)) for _ in range(2)]
    ledgers = [LocalLedger(shared, str(number)) for number in range(2)]
    busy = make_parcels(4_000, seconds=1_200)
    for start in range(0, 4_000, 100):
        for policy, ledger in zip(policies, ledgers, strict=True):
            policy.hear(ledger.exchange(policy.report()))
            policy.select(part(busy, start, start + 100))
            policy.commit()
    total = 0
    for number, (policy, ledger) in enumerate(zip(policies, ledgers, strict=True)):
        policy.hear(ledger.exchange(policy.report()))
        flood = make_parcels(2_000, 6, start=NOON + 3_000 + number, seconds=1)
        total += int(policy.select(flood).held.sum())
        policy.commit()
        ledger.exchange(policy.report())
    # Half an hour would be 1,000 holds, and a band is 27 of the 667 allowed before.
    assert 0 < total <= 1.5 * 27 + 2


def test_hear_of_another_plans_forfeits_forfeits_nothing_here() -> None:
    policy = make_policy(TIMED)
    policy.select(make_parcels(100, seconds=10))
    policy.commit()
    policy.hear({HOUR: [Tally(NOON, "another", {"": PoolTally(0.0, 0.0, 1e4)})]})
    assert policy.select(make_parcels(2_000, start=NOON + 60, seconds=600)).held.sum() > 10


def test_hear_of_a_worker_that_stopped_leaves_it_no_part() -> None:
    policy = make_policy(Budget(per_hour=200.0))
    policy.select(make_parcels(500, start=NOON, seconds=600))
    policy.commit()
    policy.hear({HOUR: [Tally(NOON + 5, policy.version, {})]})
    alone = policy.select(make_parcels(500, seed=1, start=NOON + 600, seconds=2_400))
    assert alone.held.sum() == pytest.approx(200 * 40 / 60, abs=15)


def test_exchange_tells_of_each_hour_what_others_left_of_it() -> None:
    shared: dict[int, dict[str, Tally]] = {}
    one, two = LocalLedger(shared, "one"), LocalLedger(shared, "two")
    early, late = Tally(1.0, "", {}), Tally(2.0, "", {})
    assert one.exchange({HOUR: early, HOUR + 1: late}) == {HOUR: [], HOUR + 1: []}
    assert two.exchange({HOUR + 1: early}) == {HOUR + 1: [late]}
    assert two.exchange({HOUR: late}) == {HOUR: [early]}


@pytest.mark.parametrize(("behind", "workers"), [(0.0, 3), (119.0, 3), (120.0, 2), (900.0, 2)])
def test_hear_counts_workers_that_are_less_than_two_minutes_behind_the_newest(
    behind: float, workers: int
) -> None:
    policy = make_policy(SHARE)
    policy.select(make_parcels(10))
    policy.commit()
    newest = NOON + 1_000
    policy.hear({HOUR: [Tally(newest - behind, "", {}), Tally(newest, "", {})]})
    assert policy._accounts[HOUR].workers == workers


def two_acquainted() -> list[BudgetPolicy]:
    """Return two workers that have heard each other at noon."""
    shared: dict[int, dict[str, Tally]] = {}
    policies = [make_policy(Budget(per_hour=200.0)) for _ in range(2)]
    for number, policy in enumerate(policies):
        policy.select(make_parcels(200, number, seconds=20))
        policy.commit()
    for _ in range(2):
        for number, policy in enumerate(policies):
            policy.hear(LocalLedger(shared, str(number)).exchange(policy.report()))
    return policies
