"""The model against independent oracles: finite differences, a scalar version, the objective."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.batch import FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.ftrl import FTRL, FTRLSettings, solve
from tests.factories import PROPERTY, make_manifests, make_spec

BITS = 12


def batches(n: int, size: int, seed: int = 0) -> list[tuple[FeatureBatch, np.ndarray]]:
    """Return `n` mini-batches of varied parcels; the label depends on the seller."""
    extractor, found = Extractor(make_spec(), BITS), []
    for number in range(n):
        manifests = make_manifests(size, seed * 1_000 + number)
        labels = [float(m.seller_id in ("seller-1", "seller-2", "seller-7")) for m in manifests]
        found.append((extractor.extract(ManifestTable(manifests)), np.array(labels)))
    return found


def teach(
    model: FTRL, batch: FeatureBatch, labels: np.ndarray, importance: np.ndarray | None = None
) -> None:
    """Let `model` learn a mini-batch, at the logits that it gives now."""
    model.learn(batch.occurrences(), batch.logits(model.weights), labels, importance)


class ScalarFTRL:
    """McMahan et al. 2013, algorithm 1, one example and one coordinate at a time."""

    def __init__(self, settings: FTRLSettings) -> None:
        self.settings = settings
        self.z: dict[int, float] = defaultdict(float)
        self.n: dict[int, float] = defaultdict(float)

    def weight(self, slot: int) -> float:
        z, s = self.z[slot], self.settings
        if abs(z) <= s.l1:
            return 0.0
        rate = (s.beta + math.sqrt(self.n[slot])) / s.alpha + s.l2
        return -(z - math.copysign(s.l1, z)) / rate

    def learn(self, prior: float, features: list[tuple[int, float]], label: float) -> None:
        weights = {slot: self.weight(slot) for slot, _ in features}
        logit = prior + sum(weights[slot] * value for slot, value in features)
        error = 1 / (1 + math.exp(-logit)) - label
        gradient: dict[int, float] = defaultdict(float)
        square: dict[int, float] = defaultdict(float)
        for slot, value in features:
            gradient[slot] += error * value
            square[slot] += (error * value) ** 2
        for slot, g in gradient.items():
            after = self.n[slot] + square[slot]
            sigma = (math.sqrt(after) - math.sqrt(self.n[slot])) / self.settings.alpha
            self.z[slot] += g - sigma * weights[slot]
            self.n[slot] = after


@pytest.mark.parametrize(
    "settings",
    [FTRLSettings(), FTRLSettings(alpha=0.1, beta=0.5, l1=0.05, l2=0.1)],
    ids=["default", "with_l1"],
)
def test_learn_one_by_one_equals_the_scalar_algorithm(settings: FTRLSettings) -> None:
    model, reference = FTRL(BITS, settings), ScalarFTRL(settings)
    for batch, labels in batches(60, size=1):
        slots, _, values = batch.occurrences()
        features = list(zip(slots.tolist(), values.tolist(), strict=True))
        reference.learn(float(batch.prior[0]), features, float(labels[0]))
        teach(model, batch, labels)
    touched = np.flatnonzero(model.n)
    assert set(touched.tolist()) == set(reference.n)
    assert len(touched) > 200
    for slot in touched.tolist():
        assert model.z[slot] == pytest.approx(reference.z[slot], rel=1e-4, abs=1e-5)
        assert model.n[slot] == pytest.approx(reference.n[slot], rel=1e-4, abs=1e-6)
        assert model.weights[slot] == pytest.approx(reference.weight(slot), rel=1e-4, abs=1e-5)


def test_learn_a_mini_batch_adds_the_gradient_of_the_log_loss() -> None:
    ((batch, labels),) = batches(1, size=16)
    # With so high a rate the proximal term vanishes, and z is the sum of gradients.
    model = FTRL(BITS, FTRLSettings(alpha=1e9))
    slots, rows, values = batch.occurrences()
    model.weights[slots] = np.random.default_rng(1).normal(size=len(slots)).astype(np.float32)
    start = model.weights.astype(np.float64)
    teach(model, batch, labels)

    def loss(weights: np.ndarray) -> float:
        logits = batch.prior + np.bincount(rows, weights[slots] * values, batch.count)
        return float(np.sum(np.logaddexp(0.0, logits) - labels * logits))

    for slot in np.unique(slots)[::7].tolist():
        step = np.zeros(2**BITS)
        step[slot] = 1e-5
        slope = (loss(start + step) - loss(start - step)) / 2e-5
        assert model.z[slot] == pytest.approx(slope, rel=1e-4, abs=1e-5)


def test_learn_separable_parcels_ranks_every_violation_above_the_rest() -> None:
    model = FTRL(BITS)
    for batch, labels in batches(40, size=16):
        teach(model, batch, labels)
    ((fresh, labels),) = batches(1, size=200, seed=9)
    logits = fresh.logits(model.weights)
    assert logits[labels == 1].min() > logits[labels == 0].max()


def test_learn_with_importance_one_equals_learn_without() -> None:
    ((batch, labels),) = batches(1, size=8)
    plain, weighed = FTRL(BITS), FTRL(BITS)
    teach(plain, batch, labels)
    teach(weighed, batch, labels, importance=np.ones(8))
    assert plain.z.tobytes() == weighed.z.tobytes()
    assert plain.n.tobytes() == weighed.n.tobytes()


def test_learn_with_importance_two_has_the_gradient_of_the_example_twice() -> None:
    extractor = Extractor(make_spec(), BITS)
    parcel = make_manifests(1, seed=1)
    once, twice = (extractor.extract(ManifestTable(parcel * count)) for count in (1, 2))
    weighed, repeated = FTRL(BITS), FTRL(BITS)
    teach(weighed, once, np.ones(1), importance=np.full(1, 2.0))
    teach(repeated, twice, np.ones(2))
    assert weighed.z == pytest.approx(repeated.z, rel=1e-6)
    # One gradient of double size slows the rate down more than two single ones: 2^2 against 1 + 1.
    assert weighed.n == pytest.approx(2 * repeated.n, rel=1e-6)


def test_learn_with_importance_zero_changes_no_weight() -> None:
    ((batch, labels),) = batches(1, size=4)
    model = FTRL(BITS)
    teach(model, batch, labels, importance=np.zeros(4))
    assert not model.z.any()
    assert not model.n.any()


def test_learn_leaves_labels_and_importance_unchanged() -> None:
    ((batch, labels),) = batches(1, size=4)
    importance, before = np.full(4, 2.0), labels.copy()
    teach(FTRL(BITS), batch, labels, importance)
    assert np.array_equal(labels, before)
    assert np.array_equal(importance, np.full(4, 2.0))


def test_predict_changes_no_state() -> None:
    model = FTRL(BITS)
    first, second = batches(2, size=8)
    teach(model, *first)
    before = [array.tobytes() for array in (model.z, model.n, model.weights)]
    second[0].logits(model.weights)
    assert [array.tobytes() for array in (model.z, model.n, model.weights)] == before


def test_learn_the_same_sequence_gives_the_same_model_bit_for_bit() -> None:
    models = [FTRL(BITS), FTRL(BITS)]
    for model in models:
        for batch, labels in batches(10, size=7):
            teach(model, batch, labels)
    one, other = models
    assert one.z.tobytes() == other.z.tobytes()
    assert one.n.tobytes() == other.n.tobytes()
    assert one.weights.tobytes() == other.weights.tobytes()


def test_learn_keeps_the_weights_those_of_z_and_n() -> None:
    model = FTRL(BITS)
    for batch, labels in batches(5, size=7):
        teach(model, batch, labels)
    assert np.array_equal(model.weights, solve(model.z, model.n, model.settings))


@given(st.floats(-50, 50), st.floats(0, 1e4), st.floats(0, 5), st.floats(0.01, 5))
@PROPERTY
def test_solve_gives_the_least_value_of_the_proximal_objective(
    z: float, n: float, l1: float, l2: float
) -> None:
    settings = FTRLSettings(alpha=0.3, beta=1.0, l1=l1, l2=l2)
    z32, n32 = np.array([z], np.float32), np.array([n], np.float32)
    best = float(solve(z32, n32, settings)[0])
    rate = (settings.beta + math.sqrt(float(n32[0]))) / settings.alpha + l2

    def objective(w: float) -> float:
        return float(z32[0]) * w + l1 * abs(w) + 0.5 * rate * w * w

    assert all(objective(best) <= objective(best + step) for step in (-0.1, -0.01, 0.01, 0.1))
    assert (best == 0) == (abs(float(z32[0])) <= l1)


def test_learn_from_logits_of_any_size_gives_finite_weights_without_warnings() -> None:
    ((batch, labels),) = batches(1, size=4)
    model = FTRL(BITS)
    model.learn(batch.occurrences(), np.array([-1e308, 1e308, -800.0, 800.0]), labels)
    assert np.isfinite(model.weights).all()


def test_learn_the_same_occurrences_in_another_order_gives_the_same_model_but_for_rounding() -> (
    None
):
    ((batch, labels),) = batches(1, size=16)
    order = np.random.default_rng(1).permutation(len(batch.occurrences()[0]))
    one, other = FTRL(BITS), FTRL(BITS)
    teach(one, batch, labels)
    slots, rows, values = (column[order] for column in batch.occurrences())
    other.learn((slots, rows, values), batch.logits(other.weights), labels)
    assert one.z == pytest.approx(other.z, rel=1e-6, abs=1e-7)
    assert one.weights == pytest.approx(other.weights, rel=1e-6, abs=1e-7)


def test_restore_the_state_of_a_model_gives_its_weights_bit_for_bit() -> None:
    model, restored = FTRL(BITS), FTRL(BITS)
    for batch, labels in batches(5, size=7):
        teach(model, batch, labels)
    slots = np.flatnonzero(model.n)
    restored.restore(slots, model.z[slots], model.n[slots])
    assert restored.weights.tobytes() == model.weights.tobytes()


@given(st.sampled_from([1.0, 2.0, 4.0]))
@PROPERTY
def test_learn_a_feature_of_twice_the_input_value_moves_the_logit_more(scale: float) -> None:
    settings = FTRLSettings(alpha=0.1)
    moved = []
    for value in (scale, 2 * scale):
        model = FTRL(4, settings)
        model.learn((np.array([3]), np.array([0]), np.array([value])), np.zeros(1), np.ones(1))
        moved.append(float(model.weights[3]) * value)
    assert moved[1] > 1.5 * moved[0] > 0


def update_by_columns(model: FTRL, slots: np.ndarray, gradients: np.ndarray) -> None:
    """The same step, a column at a time."""
    s = model.settings
    before = np.sqrt(model.n[slots].astype(np.float64))
    np.add.at(model.n, slots, (gradients * gradients).astype(np.float32))
    np.add.at(model.z, slots, gradients.astype(np.float32))
    after = np.sqrt(model.n[slots].astype(np.float64))
    sigma = (after - before) / s.alpha
    z = model.z[slots] - (sigma * model.weights[slots]).astype(np.float32)
    model.z[slots] = z
    shrunk = np.sign(z) * np.maximum(np.abs(z.astype(np.float64)) - s.l1, 0.0)
    model.weights[slots] = -shrunk / ((s.beta + after) / s.alpha + s.l2)


steps = st.lists(st.tuples(st.integers(0, 7), st.floats(-1e3, 1e3)), min_size=1, max_size=30)
any_settings = st.builds(
    FTRLSettings,
    st.floats(0.01, 5),
    st.floats(0.1, 5),
    st.sampled_from([0.0, 0.5]),
    st.floats(0, 2),
)


@given(st.lists(steps, min_size=1, max_size=4), any_settings)
@PROPERTY
def test_update_equals_the_step_by_columns_to_the_last_bit(
    batches: list[list[tuple[int, float]]], settings: FTRLSettings
) -> None:
    model, other = FTRL(3, settings), FTRL(3, settings)
    for batch in batches:
        slots, gradients = map(np.array, zip(*batch, strict=True))
        model.update(slots, gradients)
        update_by_columns(other, slots, gradients)
    assert model.z.tobytes() == other.z.tobytes()
    assert model.n.tobytes() == other.n.tobytes()
    assert np.array_equal(model.weights, other.weights)
