"""Labels that are weighed, taken back, or found downstream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.lessons import Lessons, learn
from scorers.model.model import Model
from tests.factories import PROPERTY, make_manifests, make_spec

SPEC = make_spec()
BITS = 10
COUNT = 24
BATCH = Extractor(SPEC, BITS).extract(ManifestTable(make_manifests(COUNT, seed=4)))
LABELS = (np.random.default_rng(2).random(COUNT) < 0.4).astype(np.float64)


def lessons(**changes: Any) -> Lessons:
    """Return plain lessons of all parcels, with `changes`."""
    plain: dict[str, Any] = {
        "labels": LABELS,
        "propensities": np.full(COUNT, 0.5),
        "weights": np.ones(COUNT),
        "former": np.full(COUNT, np.nan),
        "sampled": np.ones(COUNT, np.bool_),
    }
    return Lessons(**{**plain, **changes})


def learnt(*mini_batches: Lessons, most_importance: float = 1.0) -> Model:
    """Return a model that has learnt all parcels so."""
    model = Model(BITS)
    for one in mini_batches:
        learn(model, BATCH, one, most_importance)
    return model


def test_learn_plain_lessons_is_what_the_model_learns() -> None:
    expected = Model(BITS)
    expected.learn(BATCH, LABELS, np.full(COUNT, 0.5))
    assert np.array_equal(learnt(lessons()).weights, expected.weights)


def test_learn_weights_just_below_one_is_nearly_the_same() -> None:
    """The way for weighed labels agrees with the fast one."""
    close = learnt(lessons(weights=np.full(COUNT, 1 - 1e-9)))
    plain = learnt(lessons())
    assert np.allclose(close.weights, plain.weights, atol=1e-5)
    assert close.calibration.slope == pytest.approx(plain.calibration.slope, abs=1e-6)
    assert np.array_equal(close.evidence.inspected, plain.evidence.inspected)


def test_learn_small_weights_moves_the_model_less() -> None:
    full, less = (learnt(lessons(weights=np.full(COUNT, w))) for w in (1.0, 0.05))
    assert np.abs(less.weights).sum() < 0.4 * np.abs(full.weights).sum()


@given(st.lists(st.booleans(), min_size=COUNT, max_size=COUNT))
@PROPERTY
def test_correct_labels_leaves_the_evidence_as_if_they_had_been_right(wrong: list[bool]) -> None:
    first = np.where(wrong, 1 - LABELS, LABELS)
    former = np.where(wrong, first, np.nan)
    corrected = learnt(lessons(labels=first), lessons(former=former))
    # The labels that were right are learnt twice here, so the right ones are compared so too.
    again = learnt(lessons(), lessons())
    kept = np.flatnonzero(~np.array(wrong))
    right = Model(BITS)
    right.evidence.add(BATCH, LABELS)
    for place in kept.tolist():
        right.evidence.add(BATCH.part(place, place + 1), LABELS[place : place + 1])
    assert np.array_equal(corrected.evidence.inspected, right.evidence.inspected)
    assert np.array_equal(corrected.evidence.violations, right.evidence.violations)
    assert corrected.labels == again.labels == 2 * COUNT


def test_correct_all_labels_turns_the_scores_to_the_right_side() -> None:
    wrong = learnt(lessons(labels=1 - LABELS))
    corrected = learnt(lessons(labels=1 - LABELS), lessons(former=1 - LABELS))

    def gap(model: Model) -> float:
        scores = model.logits(BATCH)
        return float(scores[LABELS == 1].mean() - scores[LABELS == 0].mean())

    assert gap(wrong) < 0 < gap(corrected)


def test_learn_a_correction_leaves_the_calibration_as_it_was() -> None:
    before = learnt(lessons(labels=1 - LABELS))
    after = learnt(lessons(labels=1 - LABELS), lessons(former=1 - LABELS))
    assert after.calibration == before.calibration


def test_learn_what_was_found_downstream_leaves_the_calibration_and_teaches_the_weights() -> None:
    model = learnt(lessons(sampled=np.zeros(COUNT, np.bool_)))
    assert model.calibration == Model(BITS).calibration
    assert np.array_equal(model.weights, learnt(lessons()).weights)


def test_learn_with_importance_weighs_rare_selections_up_to_the_bound() -> None:
    rare = lessons(propensities=np.full(COUNT, 0.01))
    plain, capped = learnt(rare), learnt(rare, most_importance=3.0)
    n, n_capped = plain.ftrl.n.astype(np.float64), capped.ftrl.n.astype(np.float64)
    assert np.allclose(n_capped[n > 0] / n[n > 0], 9.0, rtol=1e-5)
