"""Frozen and prequential: what is learnt when, and that no score knows its own label."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.evaluation.cases import Cases
from scorers.evaluation.measures import auc
from scorers.evaluation.protocols import Evaluation, frozen, prequential
from scorers.evaluation.scoring import MINI_BATCH, Scores, joined
from tests.unit.scorers.evaluation.builders import make_apprentice, steps, varied_cases

TRAIN, TEST = varied_cases(150, seed=1), varied_cases(200, seed=2)


def turned(cases: Cases) -> Cases:
    """Return the cases with every label turned around."""
    return Cases(cases.manifests, cases.days, 1.0 - cases.labels)


def test_frozen_learns_the_training_cases_only() -> None:
    apprentice = make_apprentice()
    frozen(apprentice, TRAIN, TEST, steps().__next__)
    assert apprentice.model.labels == len(TRAIN)


def test_frozen_scores_do_not_depend_on_the_labels_of_the_test() -> None:
    one = frozen(make_apprentice(), TRAIN, TEST, steps().__next__)
    other = frozen(make_apprentice(), TRAIN, turned(TEST), steps().__next__)
    assert np.array_equal(one.scores.logits, other.scores.logits)
    assert np.array_equal(one.scores.chances, other.scores.chances)


def test_frozen_scores_depend_on_what_was_learnt() -> None:
    one = frozen(make_apprentice(), TRAIN, TEST, steps().__next__)
    other = frozen(make_apprentice(), turned(TRAIN), TEST, steps().__next__)
    assert not np.array_equal(one.scores.logits, other.scores.logits)


def test_prequential_scores_do_not_know_their_own_labels() -> None:
    """Labels are noise: whoever learns first scores far above chance, as the last line shows."""
    apprentice = make_apprentice()
    result = prequential(apprentice, TRAIN, TEST, steps().__next__)
    assert auc(result.scores.logits, TEST.labels) == pytest.approx(0.5, abs=0.12)
    assert auc(apprentice.score(TEST).logits, TEST.labels) > 0.8


def test_prequential_scores_a_batch_by_what_was_learnt_before_it() -> None:
    result = prequential(make_apprentice(), TRAIN, TEST, steps().__next__)
    apprentice = make_apprentice()
    apprentice.learn(TRAIN)
    parts = []
    for batch in TEST.batches(MINI_BATCH):
        parts.append(apprentice.score(batch))
        apprentice.learn(batch)
    assert np.array_equal(result.scores.logits, joined(parts).logits)
    assert np.array_equal(result.scores.chances, joined(parts).chances)


def test_prequential_first_batch_does_not_depend_on_its_labels() -> None:
    one = make_apprentice().learn(TEST).chances[:MINI_BATCH]
    other = make_apprentice().learn(turned(TEST)).chances[:MINI_BATCH]
    assert np.array_equal(one, other)


def test_prequential_learns_all_cases() -> None:
    apprentice = make_apprentice()
    prequential(apprentice, TRAIN, TEST, steps().__next__)
    assert apprentice.model.labels == len(TRAIN) + len(TEST)


def test_score_leaves_the_model_as_it_was() -> None:
    apprentice = make_apprentice()
    apprentice.learn(TRAIN)
    before = apprentice.model.weights.tobytes(), apprentice.model.calibration.slope
    first, again = apprentice.score(TEST), apprentice.score(TEST)
    assert np.array_equal(first.logits, again.logits)
    assert (apprentice.model.weights.tobytes(), apprentice.model.calibration.slope) == before


def test_propensities_move_the_calibration_and_not_the_weights() -> None:
    one, other = make_apprentice(), make_apprentice()
    one.learn(TRAIN)
    other.learn(TRAIN, np.full(len(TRAIN), 0.25))
    assert one.model.weights.tobytes() == other.model.weights.tobytes()
    assert one.model.calibration != other.model.calibration


def test_an_evaluation_reports_its_measures_and_seconds() -> None:
    logits = np.array([3.0, 2.0, 1.0, 0.0])
    scores = Scores(logits, np.array([1.0, 1.0, 0.0, 0.0]))
    report = Evaluation(scores, np.array([1.0, 0.0, 0.0, 0.0]), 1.23456).report()
    assert report["precision_at"] == {"0.01": 1.0, "0.02": 1.0, "0.05": 1.0, "0.10": 1.0}
    assert report["recall_at"]["0.10"] == 1.0
    assert report["auc"] == 1.0
    assert report["ece"] == 0.25
    assert (report["records"], report["seconds"]) == (4, 1.235)


def test_seconds_are_those_of_the_clock_given() -> None:
    assert frozen(make_apprentice(), TRAIN, TEST, steps().__next__).seconds == 1.0


def test_joining_no_scores_gives_none() -> None:
    assert len(joined([]).logits) == len(joined([]).chances) == 0
