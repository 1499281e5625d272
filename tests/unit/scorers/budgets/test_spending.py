"""One batch's part in one hour, number by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scorers.budgets.account import Growth, HourAccount
from scorers.budgets.exploration import Odds
from scorers.budgets.pace import Pace
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.spending import Columns, Spender
from scorers.budgets.terms import Terms
from scorers.budgets.windows import NEVER, ValueWindows
from tests.unit.scorers.budgets.builders import HOUR, NOON


class Desk:
    """A budget with an account, whose window knows the values 0 to 999 of each pool."""

    def __init__(
        self, default: Budget, workers: int = 1, flow: float = 1.0, **offices: Budget
    ) -> None:
        self.terms = Terms(BudgetPlan(default=default, offices=offices))
        pools = len(self.terms.names)
        self.account = HourAccount(self.terms, HOUR, workers)
        self.pace = Pace(pools)
        windows = ValueWindows(pools, 1_000)
        for pool in range(pools):
            windows.add(np.full(1_000, pool), np.arange(1_000.0))
        self._spender = Spender(self.terms, self.pace, windows, np.full(pools, flow))

    def spend(
        self, ranked: list[float], pools: list[int] | None = None, **columns: Any
    ) -> tuple[np.ndarray, Odds]:
        """Spend on parcels that come at noon, with `columns`."""
        count = len(ranked)
        made: dict[str, Any] = {
            "pools": np.array(pools or [0] * count, dtype=np.intp),
            "ranked": np.array(ranked),
            "odds": Odds(np.zeros(count), np.zeros(count)),
            "mandatory": np.zeros(count, bool),
            "exempt": np.zeros(count, bool),
            "times": np.full(count, NOON),
            **columns,
        }
        return self._spender.spend(self.account, Columns(**made))


def evenly(count: int) -> list[float]:
    """Return values that fill a window's range evenly."""
    return np.linspace(0.5, 998.5, count).tolist()


def test_spend_of_a_share_cuts_at_its_quantile_once_its_band_is_half_full() -> None:
    desk = Desk(Budget(share=0.1))
    desk.account.receive(np.array([1_000.0]), NOON, NOON, np.ones(1))
    desk.account.hold(np.array([100.0]))
    desk.pace.share_by_score(  # ten per cent so far
        _growth(100.0, 1_000.0), np.zeros(1), np.array([1_000.0])
    )
    thresholds, _ = desk.spend(evenly(100))
    # A hundred more allow ten more; half a band is what a budget in its middle has at hand.
    assert np.unique(thresholds) == pytest.approx([899.5], abs=0.01)


@pytest.mark.parametrize(
    ("held", "share"),
    [
        (99.9, 0.1),  # the middle of the band: the usual rate
        (97.9, 0.15),
        (101.9, 0.05),
        (102.9, 0.025),
        (88.0, 0.2),  # never more than twice as much
    ],
)
def test_spend_on_one_parcel_cuts_higher_or_lower_by_where_the_budget_is_in_its_band(
    held: float, share: float
) -> None:
    desk = Desk(Budget(share=0.1))
    desk.account.receive(np.array([999.0]), NOON, NOON, np.ones(1))
    desk.account.hold(np.array([held]))
    thresholds, _ = desk.spend([999.0 if held < 90 else -1.0])
    assert thresholds == pytest.approx([999.5 - 1_000 * share])


@pytest.mark.parametrize(
    ("held", "workers", "high", "share"),
    [(0.0, 1, 10, 0.1), (2.0, 1, 8, 0.09), (2.0, 2, 5, 0.095)],
)
def test_spend_on_a_large_batch_puts_right_half_of_what_is_wrong_divided_by_the_workers(
    held: float, workers: int, high: int, share: float
) -> None:
    desk = Desk(Budget(share=0.1), workers)
    desk.account.hold(np.array([held]))
    assert _cut(desk, high) == pytest.approx(999.5 - 1_000 * share)


def test_spend_cuts_at_what_the_lottery_and_mandatory_holds_leave_of_the_rate() -> None:
    odds = Odds(np.full(100, 0.03), np.full(100, 0.02))
    assert _cut(Desk(Budget(share=0.1)), 5, odds=odds) == pytest.approx(949.5)
    mandatory = np.arange(100) >= 95
    assert _cut(Desk(Budget(share=0.1)), 5, mandatory=mandatory) == pytest.approx(949.5)


@pytest.mark.parametrize("held", [105.0, 120.0])
def test_spend_with_no_token_left_holds_nothing(held: float) -> None:
    desk = Desk(Budget(share=0.1))
    desk.account.receive(np.array([1_000.0]), NOON, NOON, np.ones(1))
    desk.account.hold(np.array([held]))
    assert _above(desk.spend([999.0])[0], [999.0]) == 0


@pytest.mark.parametrize(("workers", "least"), [(1, 6), (2, 3), (4, 2)])
def test_spend_with_credit_beyond_its_band_holds_the_best_at_once(workers: int, least: int) -> None:
    desk = Desk(Budget(share=0.1), workers)
    desk.account.receive(np.array([990.0]), NOON, NOON, np.ones(1))
    desk.account.hold(np.array([90.0]))
    thresholds, _ = desk.spend(evenly(10))
    # 100 allowed, 90 held, and half a band of 8 make 14 tokens: 6 do not fit into the band.
    assert _above(thresholds, evenly(10)) == least


@pytest.mark.parametrize(("workers", "most"), [(1, 14), (2, 7), (3, 5)])
def test_spend_by_several_workers_takes_each_ones_part_of_what_all_see(
    workers: int, most: int
) -> None:
    desk = Desk(Budget(share=0.1), workers)
    desk.account.receive(np.array([900.0]), NOON, NOON, np.ones(1))
    desk.account.hold(np.array([90.0]))
    thresholds, _ = desk.spend([2_000.0 + value for value in range(100)])
    assert (np.array([2_000.0 + value for value in range(100)]) > thresholds).sum() == most


def test_spend_outside_working_time_and_on_mandatory_or_exempt_parcels_cuts_nowhere() -> None:
    morning = {"days": ["mon"], "start": "12:00", "end": "12:30"}
    desk = Desk(Budget.model_validate({"share": 0.5, "shifts": [morning]}))
    thresholds, odds = desk.spend(
        [1_000.0 + value for value in range(8)],
        odds=Odds(np.full(8, 0.2), np.full(8, 0.1)),
        times=NOON + np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1_799.0, 1_800.0]),
        mandatory=np.arange(8) == 0,
        exempt=np.arange(8) == 1,
    )
    assert (thresholds == NEVER).tolist() == [True, True, *[False] * 5, True]
    assert odds.base.tolist() == [0.0, 0.0, *[0.2] * 5, 0.0]
    assert odds.uncertain.tolist() == [0.0, 0.0, *[0.1] * 5, 0.0]
    # All in working time arrived, the mandatory and the exempt one too.
    assert desk.account.all_arrivals.tolist() == [7.0]
    assert desk.account.all_holds.tolist() == [1.0]


def test_spend_takes_mandatory_and_expected_random_holds_from_the_tokens_first() -> None:
    ranked = [2_000.0 + value for value in range(100)]
    plain, drawn, must = (Desk(Budget(share=0.2)) for _ in range(3))
    for desk in (plain, drawn, must):
        desk.account.receive(np.array([900.0]), NOON, NOON, np.ones(1))
        desk.account.hold(np.array([180.0]))
    most = _above(plain.spend(ranked)[0], ranked)
    odds = Odds(np.full(100, 0.05), np.full(100, 0.01))
    assert _above(drawn.spend(ranked, odds=odds)[0], ranked) == most - 6
    mandatory = np.arange(100) < 4
    assert _above(must.spend(ranked, mandatory=mandatory)[0], ranked) == most - 4


def test_spend_on_credit_in_debt_closes_the_lottery_by_the_depth_of_the_debt() -> None:
    def odds(held: float) -> float:
        desk = Desk(Budget(share=0.1))
        desk.account.receive(np.array([900.0]), NOON, NOON, np.ones(1))
        desk.account.hold(np.array([held]))
        _, found = desk.spend([1.0] * 100, odds=Odds(np.full(100, 0.1), np.full(100, 0.05)))
        assert found.uncertain == pytest.approx(found.base / 2)
        return float(found.base[0])

    # 100 allowed, and a band of 8: half of it is to be had, and half a band of debt is chance.
    assert odds(104.0) == pytest.approx(0.1)
    assert odds(108.0) == pytest.approx(0.1)
    assert odds(110.0) == pytest.approx(0.05)
    assert odds(112.0) == 0.0
    assert odds(150.0) == 0.0


def test_spend_of_a_budget_that_is_all_lottery_holds_nothing_by_value() -> None:
    desk = Desk(Budget(share=0.1, explore=0.06, uncertain=0.04), A=Budget(share=0.1))
    thresholds, _ = desk.spend([2_000.0 + value for value in range(100)], [0, 1] * 50)
    assert (thresholds[::2] == NEVER).all()
    assert (thresholds[1::2] < 2_099.0).all()


def test_spend_on_pools_counts_each_ones_parcels() -> None:
    desk = Desk(Budget(share=0.1), A=Budget(share=0.2), B=Budget(share=0.3))
    mandatory = np.array([True, False, False, True, True, False])
    desk.spend([1.0] * 6, [0, 1, 1, 2, 2, 2], mandatory=mandatory)
    assert desk.account.arrivals.tolist() == [1.0, 2.0, 3.0]
    assert desk.account.holds.tolist() == [1.0, 0.0, 2.0]


def test_spend_while_a_queue_leaves_half_of_the_budget_grows_by_half() -> None:
    desk = Desk(Budget(share=0.1), flow=0.5)
    desk.spend([1.0] * 100)
    assert desk.account.entitled == pytest.approx([5.0])


def _growth(entitled: float, arrivals: float) -> Any:
    return Growth(np.array([entitled]), np.array([arrivals]))


def _cut(desk: Desk, high: int, **columns: Any) -> float:
    """Return the threshold of a hundred parcels, so many of which are above any."""
    thresholds, _ = desk.spend([5_000.0] * high + [-1.0] * (100 - high), **columns)
    return float(thresholds[0])


def _above(thresholds: np.ndarray, ranked: list[float]) -> int:
    return int((np.array(ranked) > thresholds).sum())
