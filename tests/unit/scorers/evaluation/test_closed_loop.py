"""The closed loop: who is inspected, what is learnt, and what is reported."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from scorers.evaluation.cases import Cases
from scorers.evaluation.closed_loop import Arm, LoopPlan, LoopResult, closed_loop
from tests.unit.scorers.evaluation.builders import (
    FIRST,
    Diary,
    Learnt,
    ids,
    make_apprentice,
    make_cases,
    steps,
)

WARMUP = 3
SIZES = [20] * WARMUP + [7, 31, 1, 64, 0, 13, 50, 3, 90, 29]
CASES = make_cases(SIZES)
PLAN = LoopPlan(budget=0.2, explore=0.05, warmup_days=WARMUP, seed=4)


def run(cases: Cases = CASES, plan: LoopPlan = PLAN) -> tuple[Diary, LoopResult]:
    """Run the loop with a diary."""
    diary = Diary()
    return diary, closed_loop(diary, cases, plan, steps().__next__)


def after_warmup(diary: Diary) -> list[Learnt]:
    """Return what was learnt of selected cases."""
    return diary.learnt[WARMUP:]


def test_in_the_warm_up_every_case_is_learnt_and_none_is_scored() -> None:
    diary, _ = run()
    warmup = diary.entries[:WARMUP]
    assert all(isinstance(entry, Learnt) and entry.propensities is None for entry in warmup)
    assert [i for entry in diary.learnt[:WARMUP] for i in ids(entry.cases)] == ids(CASES)[:60]


def test_then_each_day_is_scored_before_its_selected_cases_are_learnt() -> None:
    diary, _ = run()
    entries = diary.entries[WARMUP:]
    assert len(entries) == 2 * sum(size > 0 for size in SIZES[WARMUP:])
    for scored, learnt in zip(entries[::2], entries[1::2], strict=True):
        assert isinstance(scored, Cases)
        assert isinstance(learnt, Learnt)
        assert set(ids(learnt.cases)) <= set(ids(scored))


def test_only_selected_cases_are_learnt_each_once() -> None:
    diary, result = run()
    learnt = [i for entry in after_warmup(diary) for i in ids(entry.cases)]
    assert len(learnt) == len(set(learnt))
    assert len(learnt) == sum(result.risk.inspected) + sum(result.exploration.inspected)
    assert len(learnt) < 0.2 * sum(SIZES[WARMUP:]) + 1


@pytest.mark.parametrize("explore", [0.0, 0.01, 0.05, 0.2])
def test_each_arm_keeps_its_share_every_day_and_carries_over_what_is_left(explore: float) -> None:
    _, result = run(plan=LoopPlan(0.2, explore, WARMUP))
    cases = np.cumsum([size for size in SIZES[WARMUP:] if size])
    for arm, share in ((result.exploration, explore), (result.risk, 0.2 - explore)):
        assert np.cumsum(arm.inspected).tolist() == [int(share * n + 1e-9) for n in cases.tolist()]


def test_small_days_are_inspected_when_enough_is_left_over() -> None:
    _, result = run(make_cases([4] * 25), LoopPlan(0.1, 0.0, warmup_days=0))
    assert result.risk.inspected == [0, 0, 1, 0, 1] * 5


def test_the_risk_arm_takes_the_highest_scores_of_those_not_drawn() -> None:
    diary, result = run()
    everyone = dict(zip(ids(CASES), CASES.manifests, strict=True))
    pairs = zip(diary.scored, after_warmup(diary), result.exploration.inspected, strict=True)
    for day, learnt, drawn in pairs:
        values = sorted((everyone[i].total_value for i in ids(day)), reverse=True)
        chosen = sorted((everyone[i].total_value for i in ids(learnt.cases)), reverse=True)
        risk = len(chosen) - drawn
        # At most `drawn` of the chosen can stand outside the highest `risk` ones.
        assert len(set(values[: risk + drawn]) & set(chosen)) >= risk


def test_without_exploration_the_highest_scores_are_learnt() -> None:
    diary, _ = run(plan=LoopPlan(0.2, 0.0, WARMUP))
    for day, learnt in zip(diary.scored, after_warmup(diary), strict=True):
        values = sorted((m.total_value for m in day.manifests), reverse=True)
        chosen = sorted((m.total_value for m in learnt.cases.manifests), reverse=True)
        assert chosen == values[: len(chosen)]


def selections(days: int, size: int, plan: LoopPlan) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each rank of a day was selected, and its mean stated propensity if so."""
    diary, _ = run(make_cases([size] * days), plan)
    counts, stated = np.zeros(size), np.zeros(size)
    for day, learnt in zip(diary.scored, diary.learnt, strict=True):
        order = sorted(day.manifests, key=lambda manifest: -manifest.total_value)
        ranks = {manifest.item_id: rank for rank, manifest in enumerate(order)}
        where = [ranks[i] for i in ids(learnt.cases)]
        counts[where] += 1
        assert learnt.propensities is not None
        stated[where] += learnt.propensities
    return counts / days, stated / np.maximum(counts, 1)


def test_exploration_draws_every_rank_equally_often() -> None:
    shares, _ = selections(600, 20, LoopPlan(0.25, 0.25, warmup_days=0))
    error = np.sqrt(0.25 * 0.75 / 600)
    assert np.abs(shares - 0.25).max() < 4 * error


def test_exploration_draws_every_place_in_the_day_equally_often() -> None:
    diary, _ = run(make_cases([20] * 600), LoopPlan(0.25, 0.25, warmup_days=0))
    drawn = [int(i.removeprefix("c-")) % 20 for e in diary.learnt for i in ids(e.cases)]
    error = np.sqrt(0.25 * 0.75 / 600)
    assert np.abs(np.bincount(drawn, minlength=20) / 600 - 0.25).max() < 4 * error


def test_exploration_finds_violations_at_their_rate() -> None:
    _, result = run(make_cases([40] * 200, rate=0.3), LoopPlan(0.5, 0.25, warmup_days=0))
    inspected = sum(result.exploration.inspected)
    found = sum(result.exploration.violations) / inspected
    assert found == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / inspected))


def test_propensities_are_one_at_the_top_and_the_drawn_share_at_the_bottom() -> None:
    shares, stated = selections(300, 40, LoopPlan(0.2, 0.1, warmup_days=0))
    assert stated[:4].tolist() == [1.0] * 4 == shares[:4].tolist()
    error = np.sqrt(0.1 * 0.9 / 300)
    assert stated[8:] == pytest.approx(np.full(32, 0.1))
    assert np.abs(shares[8:] - 0.1).max() < 4 * error


def test_propensities_just_below_the_cut_are_those_of_both_arms() -> None:
    shares, stated = selections(300, 40, LoopPlan(0.2, 0.1, warmup_days=0))
    assert np.abs(shares - stated)[4:8].max() < 4 * np.sqrt(0.25 / 300)


def test_report_agrees_with_what_was_learnt_and_scored() -> None:
    diary, result = run()
    report = result.report()
    learnt = after_warmup(diary)
    arms = report["overall"], report["exploration"]
    assert sum(arm["inspected"] for arm in arms) == sum(len(entry.cases) for entry in learnt)
    assert sum(arm["violations"] for arm in arms) == sum(e.cases.labels.sum() for e in learnt)
    assert report["records"] == sum(SIZES[WARMUP:]) == len(result.scores.logits)
    assert np.array_equal(result.labels, CASES.labels[60:])
    for arm in arms:
        assert arm["precision"] == arm["violations"] / arm["inspected"]
        assert arm["recall"] == arm["violations"] / CASES.labels[60:].sum()


def test_report_of_the_last_days_counts_calendar_days() -> None:
    _, result = run()
    report = result.report(last_days=4)["last_4_days"]
    assert report["inspected"] == sum(result.risk.inspected[-4:])
    assert report["recall"] == report["violations"] / CASES.labels[-172:].sum()
    assert result.risk.days[-4] == FIRST + timedelta(days=len(SIZES) - 4)


def test_an_arm_that_inspected_nothing_has_no_precision() -> None:
    report = Arm([FIRST], [0], [0]).report({FIRST: 0}, FIRST)
    assert report == {"precision": None, "recall": None, "inspected": 0, "violations": 0}


def test_a_seed_gives_the_same_selection_again_and_another_one_another() -> None:
    selected = [[ids(e.cases) for e in run(plan=plan)[0].learnt] for plan in (PLAN, PLAN)]
    other = LoopPlan(PLAN.budget, PLAN.explore, WARMUP, seed=5)
    assert selected[0] == selected[1] != [ids(e.cases) for e in run(plan=other)[0].learnt]


def test_days_are_in_order_and_seconds_are_those_of_the_clock_given() -> None:
    _, result = run()
    assert all(one < next_one for one, next_one in pairwise(result.risk.days))
    assert result.seconds == 1.0


def test_our_model_learns_the_warm_up_and_the_selected_cases() -> None:
    apprentice = make_apprentice()
    result = closed_loop(apprentice, CASES, PLAN, steps().__next__)
    inspected = sum(result.risk.inspected) + sum(result.exploration.inspected)
    assert apprentice.model.labels == 60 + inspected
