"""Calibration: probabilities that hold, in the order of the scores."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.evaluation.measures import expected_calibration_error
from scorers.model.calibration import Calibration, sigmoid
from tests.factories import PROPERTY

examples = st.lists(
    st.tuples(st.floats(-100, 100), st.booleans(), st.floats(1, 10)), min_size=1, max_size=40
)


def stream(slope: float, intercept: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and labels drawn with the probability sigmoid(slope x logit + intercept)."""
    rng = np.random.default_rng(1)
    logits = rng.normal(scale=1.5, size=n)
    labels = rng.random(n) < sigmoid(slope * logits + intercept)
    return logits, labels.astype(np.float64)


def learnt(logits: np.ndarray, labels: np.ndarray, importance: np.ndarray) -> Calibration:
    calibration = Calibration()
    calibration.learn(logits, labels, importance)
    return calibration


def test_probabilities_before_any_label_are_the_scores_own() -> None:
    logits = np.linspace(-8, 8, 33)
    assert np.array_equal(Calibration().probabilities(logits), sigmoid(logits))


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, -1.0), (1.5, 0.5), (1.0, 0.0)])
def test_learn_a_miscalibrated_stream_gives_the_shares_observed(
    slope: float, intercept: float
) -> None:
    logits, labels = stream(slope, intercept)
    calibration = learnt(logits, labels, np.ones(len(labels)))
    chances = calibration.probabilities(logits)
    for low, high in ((-9.0, -1.0), (-1.0, 1.0), (1.0, 9.0)):
        inside = (logits >= low) & (logits < high)
        assert chances[inside].mean() == pytest.approx(labels[inside].mean(), abs=0.05)


def test_learn_a_selected_sample_weighed_by_inverse_propensity_holds_for_all() -> None:
    logits, labels = stream(1.0, -1.0)
    propensity = np.where(logits > 0.5, 1.0, 0.2)
    seen = np.random.default_rng(2).random(len(logits)) < propensity
    calibration = learnt(logits[seen], labels[seen], 1 / propensity[seen])
    assert calibration.probabilities(logits).mean() == pytest.approx(labels.mean(), abs=0.04)


@given(examples)
@PROPERTY
def test_learn_any_labels_keeps_the_order_of_the_scores(
    seen: list[tuple[float, bool, float]],
) -> None:
    logits, labels, importance = (
        np.array(column, np.float64) for column in zip(*seen, strict=True)
    )
    calibration = learnt(logits, labels, importance)
    chances = calibration.probabilities(np.linspace(-10, 10, 41))
    assert (np.diff(chances) >= 0).all()
    assert ((chances >= 0) & (chances <= 1)).all()
    assert calibration.slope > 0


@given(examples, st.integers(0, 40))
@PROPERTY
def test_learn_in_one_go_or_in_two_gives_the_same_calibration(
    seen: list[tuple[float, bool, float]], cut: int
) -> None:
    columns = [np.array(column, np.float64) for column in zip(*seen, strict=True)]
    split = Calibration()
    split.learn(*(column[:cut] for column in columns))
    split.learn(*(column[cut:] for column in columns))
    assert split == learnt(*columns)


def test_learn_one_label_steps_against_the_error() -> None:
    raised = learnt(np.array([2.0]), np.ones(1), np.ones(1))
    lowered = learnt(np.array([2.0]), np.zeros(1), np.ones(1))
    assert raised.slope > 1.0 > lowered.slope
    assert raised.intercept > 0.0 > lowered.intercept


def test_probabilities_of_scores_beyond_the_limit_are_those_at_the_limit() -> None:
    inside, beyond = Calibration().probabilities(np.array([8.0, 1e6]))
    assert inside == beyond


@given(st.floats(-700, 700))
@PROPERTY
def test_sigmoid_of_a_logit_is_the_logistic_function(logit: float) -> None:
    low, high = sigmoid(np.array([-abs(logit), abs(logit)]))
    assert high == pytest.approx(1 / (1 + math.exp(-abs(logit))), rel=1e-15)
    assert low + high == pytest.approx(1.0, abs=1e-15)


def test_sigmoid_of_extreme_logits_is_certain_without_warnings() -> None:
    logits = np.array([-1e308, -800.0, 0.0, 800.0, 1e308])
    assert sigmoid(logits).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, -1.0), (1.0, -1.5), (1.0, 1.5)])
def test_learn_shifted_logits_lowers_the_calibration_error(slope: float, intercept: float) -> None:
    logits, labels = stream(slope, intercept)
    past, future = slice(0, 10_000), slice(10_000, None)
    calibration = learnt(logits[past], labels[past], np.ones(10_000))
    before, after = (
        expected_calibration_error(chances, labels[future])
        for chances in (sigmoid(logits[future]), calibration.probabilities(logits[future]))
    )
    assert after < before / 3


def test_learn_labels_that_contradict_the_scores_never_turns_the_order_around() -> None:
    logits, labels = stream(-3.0, 0.0)
    calibration = learnt(logits, labels, np.full(len(labels), 10.0))
    assert calibration.slope > 0
    low, high = calibration.probabilities(np.array([-8.0, 8.0]))
    assert low < high


@given(examples)
@PROPERTY
def test_learn_the_same_labels_again_gives_the_same_state_bit_for_bit(
    seen: list[tuple[float, bool, float]],
) -> None:
    columns = [np.array(column, np.float64) for column in zip(*seen, strict=True)]
    assert msgspec.json.encode(learnt(*columns)) == msgspec.json.encode(learnt(*columns))
