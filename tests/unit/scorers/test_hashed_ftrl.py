"""HashedFTRL keeps every promise River checks, and agrees with a scalar oracle."""

from __future__ import annotations

import copy
import hashlib
import math
import os
import pickle
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from river import checks, datasets, evaluate, linear_model, metrics, optim, preprocessing

from scorers.model.ftrl import FTRL
from scorers.model.hashed_ftrl import HashedFTRL
from tests.factories import PROPERTY

MODELS = {
    "default": HashedFTRL(),
    "penalties_and_collisions": HashedFTRL(bits=6, alpha=0.5, beta=0.1, l1=0.05, l2=0.1),
}
PHISHING = [(x, bool(y)) for x, y in datasets.Phishing()]
TEXTS = [({name: f"is {value}" for name, value in x.items()}, y) for x, y in PHISHING]
PARCELS = [
    {"weight": 0.2, "origin": "VN", "gift": True, "hs4": 6109},
    {"weight": math.nan, "origin": None, "gift": False, "hs4": 4202},
    {"weight": -1.5, "origin": "6109", "gift": None, "hs4": 4202},
] * 5
LABELS = [True, False, False, True, True] * 3
_ROOT = Path(__file__).parents[3]


def learnt(model: HashedFTRL, examples: list[tuple[dict[Any, Any], bool]]) -> HashedFTRL:
    for x, y in examples:
        model.learn_one(x, y)
    return model


def state(model: HashedFTRL) -> str:
    """Return a digest of all that a model has learnt; -0.0 and 0.0 are the same."""
    core = model._ftrl
    arrays = [(array + 0.0).tobytes() for array in (core.z, core.n, core.weights)]
    return hashlib.sha256(b"".join(arrays)).hexdigest()


@pytest.mark.parametrize(
    ("model", "check"),
    [
        pytest.param(model, check, id=f"{name}-{check.__name__}")
        for name, model in MODELS.items()
        for check in checks.yield_checks(model)
    ],
)
def test_river_check(model: HashedFTRL, check: Any) -> None:
    check(model.clone())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_river_checks_mini_batches_too_and_the_model_asks_to_skip_none(model: HashedFTRL) -> None:
    names = {check.__name__ for check in checks.yield_checks(model)}
    assert model._unit_test_skips() == set()
    assert names > {
        "check_learn_many_matches_learn_one",
        "check_predict_many_matches_predict_one",
        "check_predict_proba_many_matches_predict_proba_one",
    }


class ScalarFTRL:
    """McMahan et al. 2013, algorithm 1, in Python floats, a dict entry for each feature."""

    def __init__(self, alpha: float, beta: float, l1: float, l2: float) -> None:
        self.alpha, self.beta, self.l1, self.l2 = alpha, beta, l1, l2
        self.z: dict[str, float] = defaultdict(float)
        self.n: dict[str, float] = defaultdict(float)

    def weight(self, name: str) -> float:
        z = self.z[name]
        if abs(z) <= self.l1:
            return 0.0
        rate = (self.beta + math.sqrt(self.n[name])) / self.alpha + self.l2
        return -(z - math.copysign(self.l1, z)) / rate

    def predict_then_learn(self, features: dict[str, float], label: bool) -> float:
        weights = {name: self.weight(name) for name in features}
        logit = sum(weights[name] * value for name, value in features.items())
        chance = 1 / (1 + math.exp(-logit))
        for name, value in features.items():
            gradient = (chance - label) * value
            after = self.n[name] + gradient**2
            sigma = (math.sqrt(after) - math.sqrt(self.n[name])) / self.alpha
            self.z[name] += gradient - sigma * weights[name]
            self.n[name] = after
        return chance


@pytest.mark.parametrize(
    "settings",
    [(0.2, 1.0, 0.0, 0.0), (1.0, 0.1, 0.0, 0.0), (0.5, 1.0, 0.3, 0.1)],
    ids=["default", "fast", "penalties"],
)
@pytest.mark.parametrize("examples", [PHISHING, TEXTS], ids=["numbers", "texts"])
def test_chances_on_phishing_equal_those_of_the_scalar_algorithm(
    examples: list[tuple[dict[str, Any], bool]], settings: tuple[float, float, float, float]
) -> None:
    model, oracle = HashedFTRL(22, *settings), ScalarFTRL(*settings)
    for x, y in examples:
        numbers = {n: v for n, v in x.items() if not isinstance(v, str)}
        texts = {f"{n}={v}": 1.0 for n, v in x.items() if isinstance(v, str)}
        expected = oracle.predict_then_learn({"intercept": 1.0, **numbers, **texts}, y)
        assert model.predict_proba_one(x)[True] == pytest.approx(expected, rel=0, abs=1e-5)
        model.learn_one(x, y)


@pytest.mark.parametrize("scaled", [False, True], ids=["raw_and_default", "scaled_and_sgd_of_0.1"])
def test_progressive_log_loss_on_phishing_beats_logistic_regression(scaled: bool) -> None:
    ours, theirs = HashedFTRL(), linear_model.LogisticRegression()
    if scaled:
        # The pipeline and the rate of the example in River's LogisticRegression.
        theirs = linear_model.LogisticRegression(optimizer=optim.SGD(0.1))
        ours, theirs = (preprocessing.StandardScaler() | model for model in (ours, theirs))
    ours, theirs = (
        evaluate.progressive_val_score(datasets.Phishing(), model, metrics.LogLoss()).get()
        for model in (ours, theirs)
    )
    assert ours < theirs


def test_learn_many_equals_learn_one_bit_for_bit_with_missing_and_mixed_values() -> None:
    one, many, nullable = (HashedFTRL(bits=12) for _ in range(3))
    for x, y, w in zip(PARCELS, LABELS, range(15), strict=True):
        one.learn_one(x, y, w)
    many.learn_many(pd.DataFrame(PARCELS), pd.Series(LABELS), pd.Series(range(15)))
    frame = pd.DataFrame(PARCELS).convert_dtypes()
    assert frame["gift"][2] is pd.NA
    nullable.learn_many(frame, pd.Series(LABELS), pd.Series(range(15)))
    assert state(one) == state(many) == state(nullable)
    frame.index = range(100, 115)
    chances, likely = many.predict_proba_many(frame), many.predict_many(frame)
    assert chances[True].tolist() == [many.predict_proba_one(x)[True] for x in PARCELS]
    assert likely.tolist() == [many.predict_one(x) for x in PARCELS]
    assert chances.index.equals(frame.index)
    assert likely.index.equals(frame.index)


def test_learn_many_without_rows_learns_nothing_and_without_columns_the_intercept() -> None:
    model = HashedFTRL(bits=12)
    model.learn_many(pd.DataFrame({"a": []}), pd.Series([], dtype=bool))
    assert len(model.predict_proba_many(pd.DataFrame({"a": []}))) == 0
    assert state(model) == state(HashedFTRL(bits=12))
    model.learn_many(pd.DataFrame(index=range(3)), pd.Series([True] * 3), w=2.0)
    assert np.count_nonzero(model._ftrl.n) == 1
    assert model.predict_one({}) is True


@pytest.mark.parametrize(
    ("x", "y", "w", "error"),
    [
        ({"a": [1]}, True, 1, "Expected `number | str | bool | None`, got `list` - at `a`"),
        ({"a": math.inf}, True, 1, "Expected `-1e+15 <= number <= 1e+15`, got `inf` - at `a`"),
        ({"a": 1}, 2, 1, "Expected `bool`, got `2` - at `y`"),
        ({"a": 1}, None, 1, "Expected `bool`, got `None` - at `y`"),
        ({"a": 1}, True, -1, "Expected `0 <= number <= 1000`, got `-1` - at `w`"),
        ({"a": 1}, True, math.nan, "Expected `0 <= number <= 1000`, got `nan` - at `w`"),
    ],
)
def test_learn_of_an_invalid_example_learns_nothing_of_its_mini_batch(
    x: dict[str, Any], y: Any, w: float, error: str
) -> None:
    model = HashedFTRL(bits=12)
    frame, labels = pd.DataFrame([{"a": 3}, x]), pd.Series([True, y], dtype=object)
    for learn in (
        lambda: model.learn_one(x, y, w),
        lambda: model.learn_many(frame, labels, pd.Series([1, w])),
    ):
        with pytest.raises((TypeError, ValueError)) as found:
            learn()
        assert str(found.value).replace("-1.0`", "-1`") == error
    with pytest.raises(ValueError, match="zip"):
        model.learn_many(pd.DataFrame([{"a": 3}] * 2), labels[:1])
    assert state(model) == state(HashedFTRL(bits=12))


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"bits": 0}, "Expected `1 <= number <= 30`, got `0` - at `bits`"),
        ({"bits": 31}, "Expected `1 <= number <= 30`, got `31` - at `bits`"),
        ({"alpha": 0}, "Expected `1e-09 <= number <= 1e+15`, got `0` - at `alpha`"),
        ({"l2": math.nan}, "Expected `0 <= number <= 1e+15`, got `nan` - at `l2`"),
    ],
)
def test_parameters_out_of_range_are_refused(settings: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match="Expected") as found:
        HashedFTRL(**settings)
    assert str(found.value) == error


def test_features_tell_numbers_from_texts_and_skip_missing_values() -> None:
    model = HashedFTRL()
    assert (
        model._hashed([{"a": None, "b": math.nan}])[0].tolist() == model._hashed([{}])[0].tolist()
    )
    kinds = [3, "3", "4", True, np.bool_(False)]
    slots = {model._hashed([{"a": kind}])[0].tobytes() for kind in kinds}
    assert len(slots) == len(kinds)
    assert model._hashed([{"a": np.int64(7)}])[2].tolist().count(7.0) == 1


def test_order_of_items_changes_no_bit_of_model_and_chances() -> None:
    rng = np.random.default_rng(3)
    # Sums of such values depend on their order; with two bits the features share slots as well.
    rows = [(dict(zip("abcdefgh", rng.normal(size=8), strict=True)), y) for _, y in PHISHING[:200]]
    turned = [(dict(reversed(x.items())), y) for x, y in rows]
    for bits in (2, 16):
        one, other = learnt(HashedFTRL(bits), rows), learnt(HashedFTRL(bits), turned)
        assert state(one) == state(other)
        pairs = zip(rows, turned, strict=True)
        assert all(one.predict_proba_one(x) == one.predict_proba_one(t) for (x, _), (t, _) in pairs)


def test_even_chances_are_the_label_false_alone_and_in_a_mini_batch() -> None:
    assert HashedFTRL(bits=4).predict_one(PARCELS[0]) is False
    assert HashedFTRL(bits=4).predict_many(pd.DataFrame(PARCELS[:1])).tolist() == [False]


def test_weight_zero_changes_nothing_and_weight_one_is_the_default() -> None:
    default, one, zero = (HashedFTRL(bits=12) for _ in range(3))
    for x, y in PHISHING[:20]:
        default.learn_one(x, y)
        one.learn_one(x, y, w=1.0)
        zero.learn_one(x, y, w=0.0)
    assert state(default) == state(one) != state(zero) == state(HashedFTRL(bits=12))


def summed_and_single(core: FTRL, rows: list[Any], labels: np.ndarray) -> tuple[FTRL, FTRL]:
    """Return copies of `core` that learnt occurrences in one step, and in a step for each row."""
    summed, single = copy.deepcopy(core), copy.deepcopy(core)
    slots, values = (np.concatenate([row[part] for row in rows]) for part in (0, 1))
    owners = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    logits = np.bincount(owners, summed.weights[slots] * values, len(rows))
    summed.learn((slots, owners, values), logits, labels)
    for (slots, values), label in zip(rows, labels, strict=True):
        logit = np.atleast_1d(single.weights[slots].astype(np.float64) @ values)
        single.learn((slots, np.zeros_like(slots), values), logit, np.array([label]))
    return summed, single


def test_mini_batch_of_rows_without_a_common_feature_equals_single_steps_bit_for_bit() -> None:
    rng = np.random.default_rng(5)
    rows = [(slots, rng.normal(size=4)) for slots in rng.permutation(256).reshape(64, 4)]
    summed, single = summed_and_single(FTRL(8), rows, rng.integers(0, 2, 64).astype(float))
    assert np.count_nonzero(summed.n) == 256
    assert summed.z.tobytes() == single.z.tobytes()
    assert summed.n.tobytes() == single.n.tobytes()


@given(st.integers(0, 10**6), st.integers(1, 64), st.sampled_from([0.01, 1.0, 100.0]))
@PROPERTY
def test_mini_batch_differs_from_single_steps_by_no_more_than_the_bound(
    seed: int, count: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    rows = [(np.arange(8), scale * rng.normal(size=8)) for _ in range(2 * count)]
    labels = (rng.random(2 * count) < rng.random()).astype(float)
    _, start = summed_and_single(FTRL(3), rows[:count], labels[:count])
    summed, single = summed_and_single(start, rows[count:], labels[count:])
    bound = start.settings.alpha * (count + math.sqrt(count))
    assert np.abs(summed.weights - single.weights).max() <= bound * (1 + 1e-5)


def test_mini_batches_of_64_on_phishing_differ_from_single_steps_by_no_more_than_measured() -> None:
    model, largest = HashedFTRL(), []
    slots, rows, values = everything = model._hashed([x for x, _ in PHISHING])
    for start in range(0, len(PHISHING), 64):
        chosen = range(start, min(start + 64, len(PHISHING)))
        part = [(slots[rows == row], values[rows == row]) for row in chosen]
        labels = np.array([float(PHISHING[row][1]) for row in chosen])
        pair = summed_and_single(model._ftrl, part, labels)
        model._ftrl = pair[0]
        logits = model._logits(everything, len(PHISHING))
        model._ftrl = pair[1]
        largest.append(np.abs(logits - model._logits(everything, len(PHISHING))).max())
    assert max(largest) < 1.2
    assert np.mean(largest) < 0.3


def probe() -> str:
    """Return what must be equal in every process."""
    mixed = [({**x, "host": f"h{row % 7}"}, y) for row, (x, y) in enumerate(PHISHING[:200])]
    return state(learnt(HashedFTRL(bits=14), mixed))


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_model_learnt_in_another_process_with_another_hash_seed_is_the_same(seed: str) -> None:
    code = "from tests.unit.scorers.test_hashed_ftrl import probe; print(probe())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == probe()


def test_memory_does_not_grow_with_the_number_of_features_and_examples() -> None:
    model = learnt(HashedFTRL(bits=10), PHISHING[:2])
    pickled, before = len(pickle.dumps(model)), model._raw_memory_usage
    for row in range(5_000):
        model.learn_one({f"name{row}": 1.5, "text": f"value{row}"}, row % 3 == 0)
    assert model._raw_memory_usage == before
    assert len(pickle.dumps(model)) == pickled
    core = model._ftrl
    assert core.z.nbytes + core.n.nbytes + core.weights.nbytes == 12 * 2**10
