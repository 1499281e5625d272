"""Who is compared, with which settings."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.quality import online
from bench.quality.boosting import Boosting, lightgbm_fit, xgboost_fit
from bench.quality.online import Online
from bench.quality.refitting import Fit, Refitted
from scorers.evaluation.scoring import Apprentice, Scorer
from scorers.features.spec import FeatureSpec

Make = Callable[[FeatureSpec], Scorer]


@dataclass(frozen=True)
class Contestant:
    """A learner. `make` is for the protocols in a stream, `make_frozen` for the one fit.

    A `slow` one runs the closed loop with one seed, and not at all when time is short.
    """

    name: str
    settings: str
    make: Make
    make_frozen: Make
    package: str
    slow: bool = False

    def installed(self) -> bool:
        """Return whether its package can be imported."""
        try:
            importlib.import_module(self.package)
        except (ImportError, OSError):  # a shared library that is missing is an OSError
            return False
        return True


_MODEST = Boosting(trees=200, leaves=31, min_cases=20)
_STRONG = Boosting(trees=400, leaves=127, min_cases=3)
_STRONG_ONCE = Boosting(trees=1000, leaves=127, min_cases=3)
_FINE = 2047
"""Bins of LightGBM: finer ones find more of the same goods. XGBoost would take minutes more."""


def _finely(size: Boosting) -> Boosting:
    return replace(size, bins=_FINE)


def _boosted(
    name: str,
    fit: Callable[[Boosting], Fit],
    stream: Boosting,
    once: Boosting,
    *,
    slow: bool = True,
) -> Contestant:
    settings = f"{stream}, weekly" + (f"; frozen: {once}" if once != stream else "")
    return Contestant(
        name,
        settings,
        lambda spec: Refitted(spec, fit(stream)),
        lambda spec: Refitted(spec, fit(once)),
        name.split(",")[0].lower(),
        slow,
    )


def _river(
    name: str, settings: str, make: Callable[..., object], *, coded: bool = False, slow: bool = True
) -> Contestant:
    def scorer(spec: FeatureSpec) -> Scorer:
        return Online(spec, make, coded=coded)

    return Contestant(f"River {name}", settings, scorer, scorer, "river", slow)


CONTESTANTS = (
    Contestant("Greenlane", "as shipped", Apprentice, Apprentice, "scorers"),
    _boosted("LightGBM", lightgbm_fit, _finely(_MODEST), _finely(_MODEST), slow=False),
    _boosted("LightGBM, strong", lightgbm_fit, _finely(_STRONG), _finely(_STRONG_ONCE)),
    _boosted("XGBoost", xgboost_fit, _MODEST, _MODEST),
    _boosted("XGBoost, strong", xgboost_fit, _STRONG, _STRONG_ONCE),
    _river("LogisticRegression", "one-hot, AdaGrad 0.3", online.logistic, slow=False),
    _river("ALMA", "one-hot", online.alma),
    _river("HoeffdingAdaptiveTree", "grace 50, delta 0.001", online.hoeffding),
    _river("ARF", "5 trees", online.adaptive_forest, coded=True),
    _river("AMF", "5 trees, split_pure", online.mondrian_forest, coded=True),
)
