"""Protocols with all labels: frozen (train, then test) and prequential (test, then train)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scorers.evaluation.cases import Cases
from scorers.evaluation.measures import (
    SHARES,
    auc,
    expected_calibration_error,
    precision_at,
    recall_at,
)
from scorers.evaluation.scoring import Scorer, Scores
from scorers.features.batch import Floats


@dataclass(frozen=True)
class Evaluation:
    """Scores of the test cases with their labels, and the seconds that it took."""

    scores: Scores
    labels: Floats
    seconds: float

    def report(self) -> dict[str, Any]:
        """Return the measures by name."""
        logits, labels = self.scores.logits, self.labels
        return {
            "precision_at": {f"{s:.2f}": precision_at(logits, labels, s) for s in SHARES},
            "recall_at": {f"{s:.2f}": recall_at(logits, labels, s) for s in SHARES},
            "auc": auc(logits, labels),
            "ece": expected_calibration_error(self.scores.chances, labels),
            "records": len(labels),
            "seconds": round(self.seconds, 3),
        }


def frozen(scorer: Scorer, train: Cases, test: Cases, clock: Callable[[], float]) -> Evaluation:
    """Learn `train` in one pass, then score `test` without learning any of it."""
    started = clock()
    scorer.learn(train)
    scores = scorer.score(test)
    return Evaluation(scores, test.labels, clock() - started)


def prequential(
    scorer: Scorer, train: Cases, test: Cases, clock: Callable[[], float]
) -> Evaluation:
    """Learn `train`, then score each test case and learn it (Dawid, JRSS A 1984)."""
    started = clock()
    scorer.learn(train)
    scores = scorer.learn(test)
    return Evaluation(scores, test.labels, clock() - started)
