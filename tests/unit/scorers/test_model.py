"""The model as a whole: weights, calibration and evidence learn from the same labels."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.features.batch import FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.calibration import Calibration
from scorers.model.ftrl import FTRL
from scorers.model.model import MAX_IMPORTANCE, Model, ScoringModel
from tests.factories import contributions_of, make_manifests, make_spec

BITS = 12


def batch_of(n: int, seed: int = 0) -> FeatureBatch:
    return Extractor(make_spec(), BITS).extract(ManifestTable(make_manifests(n, seed)))


def state(model: Model) -> tuple[object, ...]:
    arrays = (model.ftrl.z, model.ftrl.n, model.weights, model.evidence.inspected)
    return *(array.tobytes() for array in arrays), model.calibration, model.labels


def test_learn_returns_the_logits_from_before_the_labels() -> None:
    model, batch = Model(BITS), batch_of(8)
    model.learn(batch_of(5, seed=1), np.ones(5), np.ones(5))
    before = model.logits(batch)
    assert np.array_equal(model.learn(batch, np.ones(8), np.ones(8)), before)
    assert (model.logits(batch) > before).all()


def test_learn_calibrates_on_the_logits_from_before_the_labels() -> None:
    model, batch, labels = Model(BITS), batch_of(8), np.arange(8) % 2.0
    expected = Calibration()
    expected.learn(model.logits(batch), labels, np.ones(8))
    model.learn(batch, labels, np.ones(8))
    assert model.calibration == expected


def test_learn_weighs_the_calibration_by_inverse_propensity_up_to_its_bound() -> None:
    batch, labels = batch_of(4), np.array([1.0, 0.0, 1.0, 0.0])
    propensities = np.array([1.0, 0.5, 0.1, 0.001])
    model, expected = Model(BITS), Calibration()
    expected.learn(model.logits(batch), labels, np.array([1.0, 2.0, 10.0, MAX_IMPORTANCE]))
    model.learn(batch, labels, propensities)
    assert model.calibration == expected


def test_learn_weighs_the_weights_by_no_propensity() -> None:
    batch, labels = batch_of(4), np.array([1.0, 0.0, 1.0, 0.0])
    rare, sure = Model(BITS), Model(BITS)
    rare.learn(batch, labels, np.full(4, 0.01))
    sure.learn(batch, labels, np.ones(4))
    alone = FTRL(BITS)
    alone.learn(batch.occurrences(), batch.logits(alone.weights), labels)
    assert rare.weights.tobytes() == sure.weights.tobytes() == alone.weights.tobytes()


def test_learn_counts_every_label_once() -> None:
    model = Model(BITS)
    for seed in range(3):
        model.learn(batch_of(5, seed), np.ones(5), np.full(5, 0.1))
    assert model.labels == 15


def test_learn_counts_the_bias_as_evidence_of_every_label() -> None:
    model, batch = Model(BITS), batch_of(6)
    model.learn(batch, np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]), np.ones(6))
    bias = next(part for part in contributions_of(batch, model.weights, 0) if part.name == "bias")
    assert model.evidence.of(bias.slot) == (2, 6)


def test_learn_a_propensity_of_zero_stays_finite() -> None:
    model = Model(BITS)
    model.learn(batch_of(3), np.ones(3), np.zeros(3))
    assert np.isfinite([model.calibration.slope, model.calibration.intercept]).all()


def test_learn_the_same_sequence_gives_the_same_model_bit_for_bit() -> None:
    models = [Model(BITS), Model(BITS)]
    for model in models:
        for seed in range(10):
            model.learn(batch_of(7, seed), np.arange(7) % 2.0, np.full(7, 0.3))
    assert state(models[0]) == state(models[1])


def test_predict_changes_no_state() -> None:
    model, batch = Model(BITS), batch_of(8)
    model.learn(batch, np.ones(8), np.ones(8))
    before = (*state(model)[:-2], repr(model.calibration), model.labels)
    model.probabilities(model.logits(batch))
    assert (*state(model)[:-2], repr(model.calibration), model.labels) == before


@pytest.mark.parametrize("kind", [ScoringModel, Model])
def test_score_with_a_fresh_model_gives_the_prior_and_its_chance(kind: type[ScoringModel]) -> None:
    model, batch = kind(BITS), batch_of(5)
    assert np.array_equal(model.logits(batch), batch.prior)
    assert model.labels == 0
    chances = model.probabilities(batch.prior)
    assert chances == pytest.approx(1 / (1 + np.exp(-batch.prior)))


def test_fresh_models_share_no_state() -> None:
    one, other = Model(BITS), Model(BITS)
    one.learn(batch_of(3), np.ones(3), np.ones(3))
    assert state(other) == state(Model(BITS))
