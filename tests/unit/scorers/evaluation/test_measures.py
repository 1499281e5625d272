"""Measures against recomputations that share no code with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.evaluation.measures import (
    SHARES,
    auc,
    expected_calibration_error,
    precision_at,
    recall_at,
)
from tests.factories import PROPERTY

SCORED = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=40,
)


def columns(scored: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    scores, labels = zip(*scored, strict=True)
    return np.array(scores), np.array(labels)


@PROPERTY
@given(SCORED)
def test_auc_is_the_share_of_pairs_in_the_right_order(scored: list[tuple[float, float]]) -> None:
    good = [score for score, label in scored if label == 0]
    bad = [score for score, label in scored if label == 1]
    found = auc(*columns(scored))
    if not good or not bad:
        assert math.isnan(found)
        return
    wins = sum((b > g) + (b == g) / 2 for b in bad for g in good)
    assert found == pytest.approx(wins / (len(good) * len(bad)))


@PROPERTY
@given(SCORED, st.integers(1, 12))
def test_ece_is_the_mean_gap_over_bins_of_equal_size(
    scored: list[tuple[float, float]], bins: int
) -> None:
    ordered = sorted(scored, key=lambda pair: pair[0])
    size, larger = divmod(len(ordered), bins)
    total, start = 0.0, 0
    for number in range(bins):
        end = start + size + (number < larger)
        part = ordered[start:end]
        total += abs(sum(chance - label for chance, label in part))
        start = end
    found = expected_calibration_error(*columns(scored), bins)
    assert found == pytest.approx(total / len(ordered))


@PROPERTY
@given(SCORED, st.floats(0.001, 1.0))
def test_precision_and_recall_count_the_first_of_the_highest(
    scored: list[tuple[float, float]], share: float
) -> None:
    count = max(round(len(scored) * share), 1)
    top = sorted(scored, key=lambda pair: -pair[0])[:count]
    hits = sum(label for _, label in top)
    violations = sum(label for _, label in scored)
    assert precision_at(*columns(scored), share) == pytest.approx(hits / count)
    assert recall_at(*columns(scored), share) == pytest.approx(hits / max(violations, 1))


def test_precision_of_equal_scores_takes_the_first_ones() -> None:
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    assert precision_at(np.zeros(4), labels, 0.5) == 1.0
    assert precision_at(np.zeros(4), labels[::-1].copy(), 0.5) == 0.0


def test_precision_looks_at_one_case_at_least() -> None:
    assert precision_at(np.array([1.0, 2.0]), np.array([0.0, 1.0]), 0.01) == 1.0


def test_a_perfect_order_has_the_highest_auc_and_a_turned_one_the_lowest() -> None:
    labels = np.array([0.0, 0.0, 1.0])
    assert auc(np.array([1.0, 2.0, 3.0]), labels) == 1.0
    assert auc(np.array([3.0, 2.0, 1.0]), labels) == 0.0


def test_ece_of_certain_and_wrong_chances_is_one() -> None:
    assert expected_calibration_error(np.ones(20), np.zeros(20)) == 1.0


def test_shares_are_those_of_the_literature() -> None:
    assert SHARES == (0.01, 0.02, 0.05, 0.10)
