"""Challengers from River: any of its classifiers, by import path."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from importlib import import_module
from typing import Any, Final

from river.base import Classifier

from schemas.example import LabelledExample
from scorers.features.batch import Floats
from scorers.histories import ENTITIES, ROTATIONS
from streams.contest.closed import Closed, unscored
from streams.setting_errors import SettingsError
from streams.setting_sections import ChallengerSettings

_LEFT_OUT: Final = {ENTITIES, ROTATIONS, "items.description"}
_MOST_DIGITS: Final = 2**32


class RiverChallenger:
    """Learns the log one label at a time, and scores a share of the labels before.

    It is not stored: after a restart it learns the last `history` labels again.
    """

    def __init__(self, name: str, settings: ChallengerSettings, next_offset: int = 0) -> None:
        self.name = name
        self.next_offset = next_offset
        self._share = settings.share
        self._inputs = settings.inputs
        self._model = classifier_of(name, settings)

    def learn(self, closed: Closed) -> dict[str, Floats]:
        """Learn what is new; return the chances given before."""
        new = closed.since(self.next_offset)
        if not len(new):
            return {}
        chances = unscored(len(closed))
        for place, example in enumerate(new.examples, start=len(closed) - len(new)):
            if example.weight == 0:
                continue
            inputs = inputs_of(example.features, self._inputs)
            if _drawn(example, self._share):
                given = self._model.predict_proba_one(inputs)
                chances[place] = given.get(True, 0.0) if given else 0.5
            self._model.learn_one(inputs, example.label)
        self.next_offset = new.next_offset
        return {self.name: chances}


def classifier_of(name: str, settings: ChallengerSettings) -> Any:
    """Return the classifier that settings name; raise `SettingsError` if there is none."""
    path = settings.model
    where = f"learner.challengers.{name}.model"
    module, _, attribute = path.rpartition(".")
    try:
        made = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        expected = "the import path of a River classifier, such as river.forest.ARFClassifier"
        raise SettingsError(f"{where}: expected {expected}, got {path!r}") from None
    try:
        model = made(**settings.options)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: {path} does not take its options: {error}") from None
    if not isinstance(model, Classifier) and not hasattr(model, "predict_proba_one"):
        raise SettingsError(f"{where}: expected a classifier, got {type(model).__name__}")
    return model


def inputs_of(features: Mapping[str, Any], kind: str) -> dict[str, float]:
    """Return readable features as River takes them.

    Numbers are themselves. Each text is an input of its own with value 1 ("one-hot"), or a number
    in [0, 1) that stands for it ("numbers"), which trees can cut. Keys of entities and free text
    are left out.

    >>> inputs_of({"value": 4.5, "origin": "CN", "hs6": ["610910", "420221"]}, "one-hot")
    {'value': 4.5, 'origin=CN': 1.0, 'hs6=610910': 1.0, 'hs6=420221': 1.0}
    """
    found: dict[str, float] = {}
    for name, value in features.items():
        if name in _LEFT_OUT or value is None:
            continue
        values = value if isinstance(value, list) else [value]
        for place, one in enumerate(values):
            if isinstance(one, bool | int | float):
                found.setdefault(name, float(one))
            elif isinstance(one, str) and kind == "one-hot":
                found[f"{name}={one}"] = 1.0
            elif isinstance(one, str) and place == 0:
                found[name] = _number(one)
    return found


def _number(text: str) -> float:
    digest = blake2b(text.encode(), digest_size=4).digest()
    return int.from_bytes(digest) / _MOST_DIGITS


def _drawn(example: LabelledExample, share: float) -> bool:
    return share >= 1 or _number(example.decision_id) < share
