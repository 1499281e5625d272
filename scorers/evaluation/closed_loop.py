"""The closed loop: only what is selected for inspection gets a label (gATE, TKDE 2022)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import comb
from typing import Any

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.evaluation.measures import expected_calibration_error
from scorers.evaluation.scoring import Scorer, Scores, joined
from scorers.features.batch import Floats


@dataclass(frozen=True)
class LoopPlan:
    """Share of each day's cases to inspect (`budget`, of it `explore` at random), and the start.

    In the first `warmup_days` every case is inspected.
    """

    budget: float = 0.10
    explore: float = 0.01
    warmup_days: int = 31
    seed: int = 1


@dataclass
class Arm:
    """What the inspections of one arm found, day by day."""

    days: list[date] = field(default_factory=list)
    inspected: list[int] = field(default_factory=list)
    violations: list[int] = field(default_factory=list)

    def add(self, day: date, labels: Floats) -> None:
        """Count a day's inspections."""
        self.days.append(day)
        self.inspected.append(len(labels))
        self.violations.append(int(labels.sum()))

    def report(self, all_violations: dict[date, int], since: date) -> dict[str, Any]:
        """Return precision and recall from the day `since` on."""
        chosen = [index for index, day in enumerate(self.days) if day >= since]
        inspected = sum(self.inspected[index] for index in chosen)
        violations = sum(self.violations[index] for index in chosen)
        total = sum(count for day, count in all_violations.items() if day >= since)
        return {
            "precision": violations / inspected if inspected else None,
            "recall": violations / total if total else None,
            "inspected": inspected,
            "violations": violations,
        }


@dataclass
class LoopResult:
    """What a closed loop found, and what it scored after the warm-up."""

    risk: Arm
    exploration: Arm
    all_violations: dict[date, int]
    scores: Scores
    labels: Floats
    seconds: float

    def report(self, last_days: int = 91) -> dict[str, Any]:
        """Return the risk arm overall and in the last days, and the exploration arm overall."""
        first, last = self.risk.days[0], self.risk.days[-1]
        recent = last - timedelta(days=last_days - 1)
        return {
            "overall": self.risk.report(self.all_violations, first),
            f"last_{last_days}_days": self.risk.report(self.all_violations, recent),
            "exploration": self.exploration.report(self.all_violations, first),
            "ece": expected_calibration_error(self.scores.chances, self.labels),
            "records": len(self.labels),
            "seconds": round(self.seconds, 3),
        }


def closed_loop(
    scorer: Scorer, cases: Cases, plan: LoopPlan, clock: Callable[[], float]
) -> LoopResult:
    """Replay the days in order; learn after each day what was selected on it."""
    started = clock()
    rng = np.random.default_rng(plan.seed)
    start = cases.days[0] + timedelta(days=plan.warmup_days)
    result = LoopResult(Arm(), Arm(), {}, Scores(np.empty(0), np.empty(0)), np.empty(0), 0.0)
    allowance = _Allowance(plan)
    scored: list[Scores] = []
    labels: list[Floats] = []
    for day in cases.by_day():
        if day.days[0] < start:
            scorer.learn(day)
            continue
        scores = scorer.score(day)
        scored.append(scores)
        labels.append(day.labels)
        _inspect(scorer, day, scores, allowance.of(len(day)), rng, result)
    result.scores, result.labels = joined(scored), np.concatenate(labels)
    result.seconds = clock() - started
    return result


class _Allowance:
    """Numbers of inspections a day; what a day's share leaves over goes to the next."""

    def __init__(self, plan: LoopPlan) -> None:
        self._shares = (plan.explore, plan.budget - plan.explore)
        self._left = [0.0, 0.0]

    def of(self, cases: int) -> tuple[int, int]:
        """Return how many of a day's cases are inspected at random, and how many by score."""
        whole = []
        for arm, share in enumerate(self._shares):
            self._left[arm] += share * cases
            whole.append(int(self._left[arm] + 1e-9))
            self._left[arm] -= whole[arm]
        return whole[0], whole[1]


def _inspect(
    scorer: Scorer,
    day: Cases,
    scores: Scores,
    allowed: tuple[int, int],
    rng: np.random.Generator,
    result: LoopResult,
) -> None:
    """Select, inspect, count and learn one day's cases."""
    random_count, risk_count = allowed
    explored = rng.choice(len(day), random_count, replace=False)
    ranked = np.argsort(-scores.logits, kind="stable")
    risky = ranked[~np.isin(ranked, explored)][:risk_count]
    result.risk.add(day.days[0], day.labels[risky])
    result.exploration.add(day.days[0], day.labels[explored])
    result.all_violations[day.days[0]] = int(day.labels.sum())
    chosen = np.sort(np.concatenate([explored, risky]))
    propensities = np.empty(len(day))
    propensities[ranked] = _propensities(len(day), random_count, risk_count)
    scorer.learn(day.pick(chosen), propensities[chosen])


def _propensities(cases: int, drawn: int, risky: int) -> Floats:
    """Return each rank's chance of inspection: `drawn` cases at random, then the top `risky`.

    A case just below the cut moves up when enough of those above it are drawn.
    """
    chances = np.full(cases, drawn / cases)
    chances[:risky] = 1.0
    for rank in range(risky, min(risky + drawn, cases)):
        enough = range(rank - risky + 1, drawn + 1)
        ways = sum(comb(rank, x) * comb(cases - 1 - rank, drawn - x) for x in enough)
        chances[rank] += ways / comb(cases, drawn)
    return chances
