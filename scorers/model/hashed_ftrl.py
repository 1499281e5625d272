"""The FTRL core behind River's interface, to compare and combine it with River's estimators."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from river import base
from river.utils import dataframe

from scorers.features.batch import Floats, Integers, Slots
from scorers.features.hashing import hash_text
from scorers.model.calibration import sigmoid
from scorers.model.ftrl import FTRL, FTRLSettings

_Occurrences = tuple[Slots, Integers, Floats]
"""Slot, row and input value of every feature of some rows."""

_HASH_BITS = 64
_MOST_BITS = 30
"""Twelve bytes a slot: 12 GiB."""

_INTERCEPT = ""
"""Text of the feature that every example has, with input value 1."""

_LARGEST = 1e15
"""Bound of |input value|: squared gradients are added up in float32, which ends at 3e38."""

_HEAVIEST = 1e3
"""Bound of an example's weight, for the same reason."""

_SLOWEST = 1e-9
"""Bound of alpha: the core divides by it."""


class HashedFTRL(base.MiniBatchClassifier):
    """Logistic regression over hashed features by FTRL-Proximal, in memory of fixed size.

    An item of `x` that is a number is the feature `name` with the number as its input value; a text
    or a bool is the feature `name=value` with input value 1; `None` and NaN are skipped. Every
    example also has an intercept, learnt and penalised like other weights. Features whose hashes
    agree in the upper `bits` share a weight. Hashes are the same in every process.

    `learn_many` takes a step for each row in turn: it equals `learn_one` on each. The mini-batch of
    the product is another one: `FTRL.learn` takes one step with the sum of n rows' gradients. If no
    two rows share a feature, both give the same model. Else, from the same state and without
    penalties, a weight differs by at most alpha (n + sqrt(n)), as a single step moves it by at most
    alpha and a summed one by at most alpha sqrt(n). Measured on Phishing with n = 64, logits differ
    by less than 1.2, on average over the mini-batches' largest by less than 0.3.

    Parameters
    ----------
    bits
        Logarithm to base 2 of the number of slots, 1 to 30. A slot takes 12 bytes: 22 is 48 MiB.
    alpha
        Learning rate, in logits: the most that one step moves a weight.
    beta
        In units of a gradient: a slot's rate is alpha / (beta + root of summed squared gradients).
    l1
        Penalty on |weight|, in units of a gradient.
    l2
        Penalty on squared weights: added to the inverse of the rate, in its units.

    References
    ----------
    McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013.

    Examples
    --------
    >>> from river import datasets, evaluate, metrics
    >>> model = HashedFTRL(bits=16)
    >>> loss = evaluate.progressive_val_score(datasets.Phishing(), model, metrics.LogLoss())
    >>> round(loss.get(), 4)
    0.4019
    >>> chances = model.predict_proba_one({"https": 0.0, "popup_window": 0.5, "host": "new"})
    >>> round(chances[True], 3)
    0.608
    """

    def __init__(
        self,
        bits: int = 22,
        alpha: float = 0.2,
        beta: float = 1.0,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        _check("bits", bits, 1, _MOST_BITS)
        _check("alpha", alpha, _SLOWEST, _LARGEST)
        for name, value in (("beta", beta), ("l1", l1), ("l2", l2)):
            _check(name, value, 0.0, _LARGEST)
        self.bits, self.alpha, self.beta = bits, alpha, beta
        self.l1, self.l2 = l1, l2
        self._ftrl = FTRL(bits, FTRLSettings(alpha, beta, l1, l2))

    def learn_one(self, x: Mapping[Any, Any], y: Any, w: float = 1.0) -> None:
        """Learn that `x` has label `y` (a bool, or 0 or 1), as evidence of weight `w`."""
        self._learn(self._hashed([x]), _label(y), *_weights(w, 1))

    def predict_proba_one(self, x: Mapping[Any, Any], **_: Any) -> dict[Any, float]:
        """Return the probabilities of both labels."""
        chance = float(self._chances([x])[0])
        return {False: 1.0 - chance, True: chance}

    def learn_many(self, X: Any, y: Any, w: Any = None) -> None:  # noqa: N803
        """Learn the rows of a data frame in order; if one is invalid, nothing is learnt.

        `y` and `w` are series, or `w` one weight for all rows. Indices are not compared.
        """
        rows = [self._hashed([x]) for x in _rows(X)]
        labels = [_label(label) for label in dataframe.into_series(y).to_list()]
        examples = list(zip(rows, labels, _weights(w, len(rows)), strict=True))
        for example in examples:
            self._learn(*example)

    def predict_proba_many(self, X: Any) -> Any:  # noqa: N803
        """Return a data frame with a column for each label, indexed like `X`."""
        chances = self._chances(_rows(X))
        columns = {False: 1.0 - chances, True: chances}
        return dataframe.to_native_frame(columns, like=dataframe.into_frame(X))

    def predict_many(self, X: Any) -> Any:  # noqa: N803
        """Return a series with the more probable label of each row, indexed like `X`."""
        like = dataframe.into_frame(X)
        return dataframe.to_native_series(self._chances(_rows(X)) > 0.5, name=None, like=like)

    def _learn(self, row: _Occurrences, label: float, weight: float) -> None:
        self._ftrl.learn(row, self._logits(row, 1), np.array([label]), np.array([weight]))

    def _logits(self, occurrences: _Occurrences, count: int) -> Floats:
        slots, rows, values = occurrences
        return np.bincount(rows, self._ftrl.weights[slots] * values, count).astype(np.float64)

    def _chances(self, rows: Sequence[Mapping[Any, Any]]) -> Floats:
        return sigmoid(self._logits(self._hashed(rows), len(rows)))

    def _hashed(self, rows: Sequence[Mapping[Any, Any]]) -> _Occurrences:
        """Return the hashed features of `rows`, the same whatever the order of a row's items."""
        shift = _HASH_BITS - self.bits
        found = [
            (slot, row, value)
            for row, x in enumerate(rows)
            for slot, value in sorted((hash_text(text) >> shift, v) for text, v in _features(x))
        ]
        slots, owners, values = zip(*found, strict=True) if found else ((), (), ())
        return np.array(slots, np.uint32), np.array(owners, np.int64), np.array(values, np.float64)


def _features(x: Mapping[Any, Any]) -> list[tuple[str, float]]:
    """Return text and input value of every feature of `x`.

    >>> _features({"weight": 0.2, "origin": "VN", "gift": True, "value": None})
    [('', 1.0), ('weight', 0.2), ('origin=VN', 1.0), ('gift=True', 1.0)]
    """
    found = [(_INTERCEPT, 1.0)]
    for name, value in x.items():
        if isinstance(value, str | bool | np.bool_):
            found.append((f"{name}={value}", 1.0))
        elif isinstance(value, numbers.Real):
            if not math.isnan(value):
                found.append((str(name), _check(str(name), value, -_LARGEST, _LARGEST)))
        elif value is not None:
            got = type(value).__name__
            raise TypeError(f"Expected `number | str | bool | None`, got `{got}` - at `{name}`")
    return found


def _rows(frame: Any) -> list[dict[Any, Any]]:
    """Return the rows of a data frame, without the values that are missing."""
    table = dataframe.into_frame(frame)
    rows: list[dict[Any, Any]] = [{} for _ in range(len(table))]
    for name, column in zip(table.columns, table.iter_columns(), strict=True):
        nulls = column.is_null().to_list()
        for row, value, null in zip(rows, column.to_list(), nulls, strict=True):
            if not null:
                row[name] = value
    return rows


def _label(label: Any) -> float:
    if label not in (0, 1):
        raise ValueError(f"Expected `bool`, got `{label!r}` - at `y`")
    return float(label)


def _weights(w: Any, count: int) -> list[float]:
    single = w is None or isinstance(w, numbers.Real)
    found = [1.0 if w is None else w] * count if single else dataframe.into_series(w).to_list()
    return [_check("w", weight, 0.0, _HEAVIEST) for weight in found]


def _check(name: str, value: Any, least: float, most: float) -> float:
    if not least <= value <= most:
        expected = f"{least:g} <= number <= {most:g}"
        raise ValueError(f"Expected `{expected}`, got `{value!r}` - at `{name}`")
    return float(value)
