"""Batch learners in a stream: fitted anew each week on all labels there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import numpy as np

from bench.quality.columns import Columns
from scorers.evaluation.cases import Cases
from scorers.evaluation.scoring import Scores, joined
from scorers.features.batch import Floats
from scorers.features.spec import FeatureSpec
from scorers.model.calibration import sigmoid

Predict = Callable[[Floats], Floats]
Fit = Callable[[Floats, Floats], Predict]
"""Fits rows and labels, and returns what gives new rows their logits."""

_REFIT_EVERY: Final = timedelta(days=7)


class Refitted:
    """A `Scorer` that keeps all labelled cases and fits them when scores are asked for.

    What is learnt first (a training file, the first day of a warm-up) has no score before it.
    Propensities are not used.
    """

    def __init__(self, spec: FeatureSpec, fit: Fit) -> None:
        self._columns = Columns(spec)
        self._fit = fit
        self._rows: list[Floats] = []
        self._labels: list[Floats] = []
        self._predict: Predict | None = None
        self._fitted_on = date.min

    def score(self, cases: Cases) -> Scores:
        """Return the scores of `cases` by the model of their first day."""
        logits = self._model(cases.days[0])(self._columns.matrix(cases))
        return Scores(logits, sigmoid(logits))

    def learn(self, cases: Cases, propensities: Floats | None = None) -> Scores:  # noqa: ARG002
        """Keep the cases; return the scores that each day had before it was known."""
        if not self._labels:
            self._keep(cases)
            return Scores(np.zeros(len(cases)), np.full(len(cases), 0.5))
        parts = []
        for day in cases.by_day():
            parts.append(self.score(day))
            self._keep(day)
        return joined(parts)

    def _keep(self, cases: Cases) -> None:
        self._rows.append(self._columns.matrix(cases))
        self._labels.append(cases.labels)

    def _model(self, today: date) -> Predict:
        if self._predict is None or today - self._fitted_on >= _REFIT_EVERY:
            rows, labels = np.concatenate(self._rows), np.concatenate(self._labels)
            self._predict = self._fit(rows, labels)
            self._fitted_on = today
        return self._predict
