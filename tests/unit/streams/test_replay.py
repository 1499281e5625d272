"""Replay: records give their decisions again, and tell what other budgets would have found."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

import msgspec
import numpy as np
import pytest

from schemas.codec import encode
from schemas.decision import Decision
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook
from streams.policy_commands.printing import Table
from streams.replay.again import Chosen, by_plan, differences, draws_of
from streams.replay.command import replayed
from streams.replay.figures import figures_of, found_in
from streams.replay.reading import History, Period
from streams.replay.records import DecisionColumns, columns_of, recorded, results_of
from streams.replay.wording import report_of
from streams.settings import PolicySettings, Settings
from tests.factories import make_manifests
from tests.unit.scorers.policybooks import KEY, decided, lists, rules

PARCELS = 4_000
PLAN = BudgetPlan(default=Budget(share=0.15, explore=0.05, uncertain=0.02))
OTHER = BudgetPlan(default=Budget(share=0.3, explore=0.02))
SETTINGS = Settings(policy=PolicySettings(lottery_key=KEY.decode()))
NOON = 1_793_707_200.0


@cache
def log() -> tuple[Decision, ...]:
    """Return decisions with mandatory ones of either kind."""
    both = rules({"action": "clear"}), lists({"kind": "watch"}, seller="seller-2")
    return tuple(decided(PolicyBook(PLAN, *both), make_manifests(PARCELS, seed=8)))


@cache
def violations() -> frozenset[str]:
    """Return the decisions on what is in truth a violation, the more often the higher its score."""
    rng = np.random.default_rng(3)
    chances = np.array([1 / (1 + math.exp(-2 * (one.score + 1.0))) for one in log()])
    true = rng.random(PARCELS) < chances
    return frozenset(one.decision_id for one, hit in zip(log(), true, strict=True) if hit)


def columns(
    decisions: Sequence[Decision] | None = None, share_inspected: float = 1.0
) -> DecisionColumns:
    """Return decisions as they come from the topics; some of the holds are inspected."""
    decisions = log() if decisions is None else decisions
    read = [recorded(encode(one)) for one in decisions]
    inspected = np.random.default_rng(4).random(len(decisions)) < share_inspected
    outcomes = [
        {
            "decision_id": one.decision_id,
            "result": "violation" if one.decision_id in violations() else "compliant",
        }
        for one, known in zip(decisions, inspected, strict=True)
        if known
    ]
    entries = [(NOON + place / 10, one) for place, one in enumerate(read) if one is not None]
    return columns_of(entries, results_of(map(msgspec.json.encode, outcomes)))


def draws(found: DecisionColumns) -> np.ndarray:
    return draws_of(found, Lottery(KEY))


def test_records_give_their_decisions_again_bit_for_bit() -> None:
    found = columns()
    assert len(found) == PARCELS
    assert differences(found, draws(found)) == []
    assert {"hold", "clear"} == {one.action for one in log() if one.arm == "mandatory"}


@pytest.mark.parametrize("size", [1, 7])
def test_records_in_any_order_give_their_decisions_again(size: int) -> None:
    found = columns(log()[::-size])
    assert differences(found, draws(found)) == []


CHANGES: dict[str, Callable[[Decision], Decision]] = {
    "threshold": lambda one: msgspec.structs.replace(one, threshold=one.score - 1),
    "propensity": lambda one: msgspec.structs.replace(one, propensity=0.5),
    "arm": lambda one: msgspec.structs.replace(one, arm="risk", action="hold"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_record_that_was_changed_is_told(change: Callable[[Decision], Decision]) -> None:
    released = next(place for place, one in enumerate(log()) if one.arm == "release")
    forged = change(log()[released])
    found = columns([*log()[:released], forged, *log()[released + 1 :]])
    told = differences(found, draws(found))
    assert {one.decision_id for one in told} == {forged.decision_id}


def test_records_under_another_lottery_key_are_told() -> None:
    settings = Settings(policy=PolicySettings(lottery_key="another"))
    result = replayed(History(columns(), 0), None, settings)
    report = report_of(result)
    assert report.failed
    assert "policy.lottery_key" in str(report.parts[1])


def test_same_plan_holds_as_much_and_keeps_what_is_mandatory() -> None:
    found = columns()
    chosen = by_plan(found, draws(found), PLAN, 1_024)
    assert chosen.held.sum() == pytest.approx(found.held.sum(), rel=0.05)
    assert (chosen.held[found.mandatory] == found.held[found.mandatory]).all()
    assert set(chosen.propensity[found.mandatory].tolist()) == {0.0, 1.0}


def test_other_plan_is_kept_by_what_it_would_have_held() -> None:
    found = columns()
    chosen = by_plan(found, draws(found), OTHER, 1_024)
    assert chosen.held.sum() == pytest.approx(0.3 * PARCELS, rel=0.05)


@pytest.mark.parametrize("share_inspected", [1.0, 0.5])
def test_estimates_of_another_plan_are_its_true_hits_within_their_errors(
    share_inspected: float,
) -> None:
    found = columns(share_inspected=share_inspected)
    chosen = by_plan(found, draws(found), OTHER, 1_024)
    figures = figures_of(found, chosen, ("other",))
    true = np.array([one.decision_id in violations() for one in log()])
    hits = float((chosen.propensity * true).sum())
    for estimates in (figures.by_inspections, figures.by_model_too):
        assert abs(estimates.hits.value - hits) < 3 * estimates.hits.error
        assert estimates.hits.error < 0.5 * hits
        share = estimates.hits.value / figures.expected_holds
        assert estimates.precision.value == pytest.approx(share)
    assert figures.unsupported < 0.01  # where mandatory holds left the lottery nothing


def test_estimates_of_the_policy_in_force_when_all_are_inspected_are_near_what_was_found() -> None:
    found = columns()
    figures = figures_of(found, Chosen(found.held, found.propensity), ("in force",))
    assert figures.holds == found.held.sum()
    hits = figures.by_inspections.hits
    assert abs(hits.value - found_in(found).hits) < 3 * hits.error


def test_found_counts_inspected_holds_only() -> None:
    found = columns(share_inspected=0.5)
    told = found_in(found)
    known = ~np.isnan(found.violation)
    assert 0 < told.inspected == known.sum() < found.held.sum()
    assert not known[~found.held].any()
    assert told.precision == told.hits / told.inspected


def test_revenue_of_a_hit_is_what_is_at_stake_in_it() -> None:
    held = next(one for one in log() if one.action == "hold" and one.decision_id in violations())
    priced = msgspec.structs.replace(held, probability=0.25, expected_loss=10.0)
    assert found_in(columns([priced])).revenue == 40.0


def test_columns_of_a_decision_logged_twice_have_it_once() -> None:
    assert len(columns([*log()[:10], *log()[:5]])) == 10


def test_results_take_the_first_inspection_and_no_later_finding() -> None:
    values = [
        b'{"decision_id": "t:0:1", "result": "compliant"}',
        b'{"decision_id": "t:0:1", "result": "violation"}',
        b'{"decision_id": "t:0:2", "result": "violation", "found": "downstream"}',
        b"{",
        None,
    ]
    assert results_of(values) == {"t:0:1": False}


@pytest.mark.parametrize("value", [None, b"", b"{}", b'{"decision_id": "x"}', b"\xff"])
def test_recorded_of_what_is_no_decision_is_none(value: bytes | None) -> None:
    assert recorded(value) is None


def test_recorded_of_a_decision_id_that_is_no_place_is_none() -> None:
    broken = msgspec.structs.replace(log()[0], decision_id="nowhere")
    assert recorded(encode(broken)) is None


def test_report_of_a_comparison_is_a_table_and_one_json_object() -> None:
    report = report_of(replayed(History(columns(), 2), OTHER, SETTINGS))
    assert not report.failed
    said = [part for part in report.parts if isinstance(part, str)]
    assert said[0].startswith("4,000 decisions, logged ")
    assert said[1].startswith("2 records that are no decisions")
    assert "bit for bit" in said[2]
    (table,) = (part for part in report.parts if isinstance(part, Table))
    assert list(table.rows[0]) == ["policy", PLAN.version, OTHER.version]
    value = json.loads(msgspec.json.encode(report.value))
    assert value["comparison"]["other"]["policy"] == [OTHER.version]
    assert value["differences"] == []


def test_report_without_decisions_says_so_and_fails() -> None:
    report = report_of(replayed(History(columns([]), 0), OTHER, SETTINGS))
    assert report.failed
    assert report.parts == ["no decisions in this time"]


def test_period_is_from_its_first_instant_to_before_its_last() -> None:
    since, until = (datetime.fromtimestamp(second, UTC) for second in (10, 20))
    period = Period(since, until)
    assert [period.has(second) for second in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]
    assert Period().has(0.0)
