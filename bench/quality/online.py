"""River's learners: they score and learn one case after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from river import compose, forest, linear_model, optim, preprocessing, tree

from bench.quality.columns import Columns
from scorers.evaluation.cases import Cases
from scorers.evaluation.scoring import Scores
from scorers.features.batch import Floats
from scorers.features.spec import FeatureSpec

_SEED: Final = 1
_LEAST: Final = 1e-12
"""A chance nearer to 0 or 1 has no logit to speak of."""


class Online:
    """A `Scorer` around a model of River; with `coded` texts are numbers. No propensities."""

    def __init__(
        self, spec: FeatureSpec, make: Callable[[Columns], Any], *, coded: bool = False
    ) -> None:
        self._columns = Columns(spec)
        self._model = make(self._columns)
        self._coded = coded

    def score(self, cases: Cases) -> Scores:
        """Return the scores of `cases`; nothing is learnt."""
        return _scores([self._chance(row) for row in self._rows(cases)])

    def learn(self, cases: Cases, propensities: Floats | None = None) -> Scores:  # noqa: ARG002
        """Learn the cases one by one; return what each was scored before."""
        chances = []
        for row, label in zip(self._rows(cases), cases.labels.tolist(), strict=True):
            chances.append(self._chance(row))
            self._model.learn_one(row, bool(label))
        return _scores(chances)

    def _chance(self, row: dict[Any, Any]) -> float:
        return float(self._model.predict_proba_one(row).get(True, 0.0))

    def _rows(self, cases: Cases) -> list[dict[Any, Any]]:
        if not self._coded:
            return self._columns.records(cases)
        return [dict(enumerate(row)) for row in self._columns.matrix(cases).tolist()]


def logistic(columns: Columns) -> Any:
    """Return logistic regression with AdaGrad over one-hot texts and scaled numbers."""
    return _encoded(columns) | linear_model.LogisticRegression(optim.AdaGrad(0.3))


def alma(columns: Columns) -> Any:
    """Return the approximate large margin algorithm over the same input."""
    make: Any = linear_model.ALMAClassifier  # it has no annotations
    return _encoded(columns) | make()


def hoeffding(_: Columns) -> Any:
    """Return a Hoeffding adaptive tree that splits earlier than by default."""
    return tree.HoeffdingAdaptiveTreeClassifier(grace_period=50, delta=1e-3, seed=_SEED)


def adaptive_forest(_: Columns) -> Any:
    """Return an adaptive random forest of five trees."""
    return forest.ARFClassifier(n_models=5, seed=_SEED)


def mondrian_forest(_: Columns) -> Any:
    """Return an aggregated Mondrian forest of five trees over numbers from 0 to 1."""
    trees = forest.AMFClassifier(n_estimators=5, split_pure=True, seed=_SEED)
    return preprocessing.MinMaxScaler() | trees


def _encoded(columns: Columns) -> Any:
    texts = compose.Select(*columns.texts) | preprocessing.OneHotEncoder(drop_zeros=True)
    return texts + (compose.Select(*columns.numbers) | preprocessing.StandardScaler())


def _scores(chances: list[float]) -> Scores:
    found = np.array(chances, dtype=np.float64)
    inner = np.clip(found, _LEAST, 1.0 - _LEAST)
    return Scores(np.log(inner / (1.0 - inner)), found)
