"""What every contestant of the bench is told, and what every peer does with a manifest.

Imported by name from the contestant's own environment, so it needs nothing but River.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features import SameFeatures, toy_features
from river import compose, linear_model, preprocessing

_HELD = 0.9
_TAUGHT = 2_000
_VIOLATIONS = 3


@dataclass(frozen=True)
class Job:
    """Where to read and write, and with which features to score."""

    servers: str
    source: str
    target: str
    name: str
    features: str
    crosses: list[list[str]]
    sample: str
    consumer: dict[str, Any]
    producer: dict[str, Any]
    folder: str


def told() -> Job:
    """Return the job that stands in the program's only argument."""
    return Job(**json.loads(sys.argv[1]))


class Scorer:
    """A River model, taught with 2,000 manifests of which every third is a violation."""

    def __init__(self, job: Job) -> None:
        self._features: Callable[[dict[str, Any]], dict[str, Any]]
        if job.features == "toy":
            self._features, self._model = toy_features, _toy_model()
        else:
            # The features are indicators already: nothing to scale and nothing to encode.
            self._features = SameFeatures(job.crosses)
            self._model = linear_model.LogisticRegression()
        with Path(job.sample).open(encoding="utf-8") as lines:
            for number, line in zip(range(_TAUGHT), lines, strict=False):
                self._model.learn_one(self._features(json.loads(line)), number % _VIOLATIONS == 0)

    def decide(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Return the decision on a manifest."""
        chance = self._model.predict_proba_one(self._features(manifest)).get(True, 0.0)
        action = "hold" if chance > _HELD else "clear"
        return {"item_id": manifest["item_id"], "action": action, "probability": chance}


def _toy_model() -> Any:
    numbers = compose.SelectType(int, float) | preprocessing.StandardScaler()
    texts = compose.SelectType(str) | preprocessing.OneHotEncoder()
    return (numbers + texts) | linear_model.LogisticRegression()
