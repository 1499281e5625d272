"""Decisions can be repeated: from the records alone, bit for bit, however batches are cut."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from scorers.budgets.exploration import Odds
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.selection import select_with
from scorers.features.extractor import Extractor
from scorers.lottery import Coordinates, Lottery
from scorers.policybook import PolicyBook
from scorers.screening import Screener
from tests.factories import decide, make_coordinates, make_manifests, make_spec
from tests.unit.scorers.policybooks import decided as decided_by
from tests.unit.scorers.policybooks import rules

KEY = b"key"
PLANS = {
    "shares": BudgetPlan(default=Budget(share=0.1, explore=0.03, uncertain=0.02)),
    "revenue": BudgetPlan(default=Budget(share=0.1, explore=0.03, objective="revenue")),
    "offices": BudgetPlan(
        default=Budget(share=0.05), offices={"DE003302": Budget(per_hour=2_000, explore=0.01)}
    ),
}


def decided(plan: BudgetPlan) -> list[Decision]:
    """Return the decisions on three batches, as they come from the log."""
    screener = Screener(Extractor(make_spec(), bits=12), PolicyBook(plan), Lottery(KEY))
    manifests, coordinates = make_manifests(600, seed=3), make_coordinates(600)
    decisions = []
    for start in range(0, 600, 200):
        part = slice(start, start + 200)
        decisions += decide(screener, manifests[part], coordinates[part])
    return [decode_decision(encode(decision)) for decision in decisions]


def read_at(decision: Decision) -> Coordinates:
    topic, partition, offset = decision.decision_id.split(":")
    return topic, int(partition), int(offset)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_replay_decisions_from_their_records_gives_the_same_arms_and_propensities(
    plan: BudgetPlan,
) -> None:
    records = decided(plan)
    shuffled = [records[place] for place in np.random.default_rng(5).permutation(len(records))]
    chosen = select_with(
        np.array([one.threshold for one in shuffled]),
        np.array([one.score if one.utility is None else one.utility for one in shuffled]),
        Lottery(KEY).draws([read_at(one) for one in shuffled]),
        Odds(
            np.array([one.exploration_rate for one in shuffled]),
            np.array([one.uncertainty_rate for one in shuffled]),
        ),
        np.array([one.arm == "mandatory" for one in shuffled]),
    )
    assert chosen.held.tolist() == [one.action == "hold" for one in shuffled]
    assert chosen.explored.tolist() == [one.arm == "exploration" for one in shuffled]
    assert chosen.uncertain.tolist() == [one.arm == "uncertainty" for one in shuffled]
    assert chosen.propensity.tolist() == [one.propensity for one in shuffled]
    assert any(one.action == "hold" for one in records)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_replay_a_day_from_its_manifests_gives_the_same_records(plan: BudgetPlan) -> None:
    assert decided(plan) == decided(plan)


def test_severity_of_a_rule_ranks_a_parcel_first_and_stands_in_its_record() -> None:
    plan = BudgetPlan(default=Budget(share=0.1, objective="blend", revenue_weight=0.5))
    said = rules({"action": "adjust", "logits": -0.5, "severity": 50_000}, seller="seller-1")
    manifests = make_manifests(300, seed=3)
    marked = [
        msgspec.structs.replace(one, seller_id="seller-1" if place % 60 == 59 else "other")
        for place, one in enumerate(manifests)
    ]
    with_it = decided_by(PolicyBook(plan, said), marked, size=60)
    without = decided_by(PolicyBook(plan), marked, size=60)
    severe = [one for one in with_it if one.severity]
    assert [one.severity for one in severe] == [50_000.0] * 5
    assert all(one.expected_loss >= 50_000.0 for one in severe)
    # The first batch has no stream to look back on.
    assert all(one.action == "hold" for one in severe[1:])
    assert not all(one.action == "hold" for one in without[119::60])
    assert with_it == decided_by(PolicyBook(plan, said), marked, size=60)
