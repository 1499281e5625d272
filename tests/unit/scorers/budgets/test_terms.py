"""A plan as columns: whose pool is whose, and how much a queue leaves."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.budgets.opening import Opening
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.terms import DEFAULT_POOL, Terms
from scorers.budgets.trusted import TrustedLane
from tests.unit.scorers.budgets.builders import HOUR, NOON

PLAN = BudgetPlan(
    default=Budget(share=0.05, explore=0.02, uncertain=0.03, queue=100),
    offices={
        "B": Budget(per_hour=120.0, explore=0.01),
        "A": Budget(share=0.2, per_hour=60.0, objective="revenue", queue=40),
        "C": Budget(share=0.1, objective="blend", revenue_weight=0.25, uncertain=0.05),
    },
    trusted=TrustedLane(explore_factor=0.5),
)


def test_terms_are_the_plans_budgets_in_the_order_of_their_names() -> None:
    terms = Terms(PLAN)
    assert terms.names == (DEFAULT_POOL, "A", "B", "C")
    assert terms.version == PLAN.version
    assert terms.trusted_factor == 0.5
    assert terms.share.tolist() == [0.05, 0.2, 1.0, 0.1]
    assert terms.timed.tolist() == [False, True, True, False]
    assert terms.per_hour.tolist() == [0.0, 60.0, 120.0, 0.0]
    assert terms.explore.tolist() == [0.02, 0.0, 0.01, 0.0]
    assert terms.uncertain.tolist() == [0.03, 0.0, 0.0, 0.05]
    assert terms.weight.tolist() == [0.0, 1.0, 0.0, 0.25]
    # All of the default's share is drawn by lot.
    assert terms.ranks.tolist() == [False, True, True, True]


def test_pools_of_offices_without_a_budget_are_the_defaults() -> None:
    assert Terms(PLAN).pools_of(["C", "D", "", "A", "B"]).tolist() == [3, 0, 0, 1, 2]


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ({}, [1.0, 1.0]),
        ({"X": 30, "Y": 20}, [1.0, 1.0]),  # from half of the queue on it shrinks
        ({"X": 50, "Y": 25}, [0.5, 1.0]),
        ({"A": 30}, [1.0, 0.5]),
        ({"A": 35, "": 90}, [0.2, 0.25]),
        ({"A": 40, "X": 100}, [0.0, 0.0]),
        ({"A": 4_000, "B": 4_000}, [1.0, 0.0]),
    ],
)
def test_flow_shrinks_from_half_of_a_queue_on(
    waiting: dict[str, int], expected: list[float]
) -> None:
    flow = Terms(PLAN).flow(waiting)
    assert flow[:2].tolist() == pytest.approx(expected)
    assert flow[2:].tolist() == [1.0, 1.0]  # those have no queue


def test_opening_is_each_budgets_own_in_the_hour() -> None:
    early = {"days": ["mon"], "start": "12:00", "end": "12:30"}
    late = {"days": ["mon"], "start": "13:45", "end": "14:00"}
    offices = {
        "A": Budget.model_validate({"share": 0.1, "shifts": [early]}),
        "B": Budget.model_validate(
            {"share": 0.1, "shifts": [early, late], "time_zone": "Europe/Berlin"}
        ),
    }
    opening = Terms(BudgetPlan(default=Budget(share=0.1), offices=offices)).opening(HOUR)
    assert opening.seconds(NOON + 600).tolist() == [600.0, 600.0, 0.0]
    assert opening.seconds(NOON + 2_700).tolist() == [2_700.0, 1_800.0, 0.0]
    assert opening.seconds(NOON + 3_600).tolist() == [3_600.0, 1_800.0, 900.0]
    times = np.full(3, NOON + 2_700.0)
    assert opening.covers(np.arange(3), times).tolist() == [True, False, True]


def test_opening_of_a_budget_open_all_hour_beside_one_that_is_not_covers_each_as_it_is() -> None:
    opening = Opening([[(0.0, 3_600.0)], [(0.0, 3_599.0)], []])
    times = np.full(3, 3_599.0)
    assert opening.covers(np.arange(3), times).tolist() == [True, False, False]
    whole = Opening([[(0.0, 3_600.0)], [(0.0, 3_600.0)]])
    assert whole.covers(np.array([1, 0]), np.array([0.0, 3_600.0])).tolist() == [True, True]


def test_opening_of_no_working_time_at_all_never_works() -> None:
    opening = Opening([[], []])
    assert opening.seconds(1e9).tolist() == [0.0, 0.0]
    assert not opening.covers(np.array([0, 1]), np.array([0.0, 10.0])).any()
