"""LightGBM and XGBoost, on one core. Each is imported only when it is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from bench.quality.refitting import Fit, Predict
from scorers.features.batch import Floats


@dataclass(frozen=True)
class Boosting:
    """Size of an ensemble of trees; `min_cases` is the least of a leaf."""

    trees: int
    leaves: int
    min_cases: int
    rate: float = 0.05
    bins: int = 511

    def __str__(self) -> str:
        return f"{self.trees} trees x {self.leaves} leaves, {self.bins} bins"


def lightgbm_fit(size: Boosting) -> Fit:
    """Return how LightGBM is fitted."""
    import lightgbm

    settings = {
        "objective": "binary",
        "num_leaves": size.leaves,
        "min_data_in_leaf": size.min_cases,
        "learning_rate": size.rate,
        "max_bin": size.bins,
        "num_threads": 1,
        "seed": 1,
        "verbose": -1,
    }

    def fit(rows: Floats, labels: Floats) -> Predict:
        booster = lightgbm.train(settings, lightgbm.Dataset(rows, labels), size.trees)
        return lambda new: np.asarray(booster.predict(new, raw_score=True), np.float64)

    return fit


def xgboost_fit(size: Boosting) -> Fit:
    """Return how XGBoost is fitted: leaf by leaf, like LightGBM."""
    import xgboost

    settings = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": size.leaves,
        # XGBoost weighs a case by p(1-p): a fifth of the cases are violations.
        "min_child_weight": size.min_cases * 0.16,
        "eta": size.rate,
        "max_bin": size.bins,
        "nthread": 1,
        "seed": 1,
    }

    def fit(rows: Floats, labels: Floats) -> Predict:
        booster = xgboost.train(settings, xgboost.DMatrix(rows, labels, nthread=1), size.trees)
        return lambda new: cast(
            "Floats",
            booster.predict(xgboost.DMatrix(new, nthread=1), output_margin=True).astype(np.float64),
        )

    return fit
