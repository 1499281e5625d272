"""One learner through all protocols."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from time import monotonic
from typing import Any

from bench.quality.contestants import Contestant
from scorers.evaluation.cases import Cases, join
from scorers.evaluation.closed_loop import LoopPlan, LoopResult, closed_loop
from scorers.evaluation.protocols import Evaluation, frozen, prequential
from scorers.features.spec import FeatureSpec

RECENT = "last_91_days"


@dataclass(frozen=True)
class Plan:
    """What is run: the cases, how many seeds of exploration, and whether time is short."""

    spec: FeatureSpec
    train: Cases
    test: Cases
    seeds: int
    quick: bool


@dataclass
class Outcome:
    """What a learner reached. Without its package there is no evaluation."""

    contestant: Contestant
    frozen: Evaluation | None = None
    prequential: Evaluation | None = None
    loops: list[LoopResult] = field(default_factory=list)

    def precisions(self, span: str) -> list[float]:
        """Return the closed loop's precision by score, for each seed: `overall` or `RECENT`."""
        return [float(loop.report()[span]["precision"]) for loop in self.loops]

    def report(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            "name": self.contestant.name,
            "settings": self.contestant.settings,
            "installed": self.frozen is not None,
            "frozen": self.frozen.report() if self.frozen else None,
            "prequential": self.prequential.report() if self.prequential else None,
            "closed_loop": [loop.report() for loop in self.loops],
            "closed_loop_mean": {
                span: spread(self.precisions(span)) for span in ("overall", RECENT) if self.loops
            },
        }


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """Return mean and standard deviation; of a single value there is none.

    >>> spread([0.5, 0.7])["mean"], spread([0.5])["sd"]
    (0.6, None)
    """
    return {"mean": mean(values), "sd": stdev(values) if len(values) > 1 else None}


def run(contestant: Contestant, plan: Plan) -> Outcome:
    """Run all protocols, each with a fresh scorer."""
    outcome = Outcome(contestant)
    if not contestant.installed():
        return outcome
    outcome.frozen = frozen(contestant.make_frozen(plan.spec), plan.train, plan.test, monotonic)
    outcome.prequential = prequential(contestant.make(plan.spec), plan.train, plan.test, monotonic)
    for seed in _seeds(contestant, plan):
        cases = join([plan.train, plan.test])
        scorer = contestant.make(plan.spec)
        outcome.loops.append(closed_loop(scorer, cases, LoopPlan(seed=seed), monotonic))
    gc.collect()
    return outcome


def _seeds(contestant: Contestant, plan: Plan) -> range:
    if contestant.slow:
        return range(1, 1 if plan.quick else 2)
    return range(1, plan.seeds + 1)
