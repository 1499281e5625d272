"""A score is the sum of its parts: contributions, prior, and the occurrences that learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from scorers.features.batch import FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.specs.parcels import SPEC
from tests.factories import PROPERTY, drawn_manifests, make_manifest, make_manifests, make_spec

BITS = 14


def extract(manifests: list[Manifest], spec: FeatureSpec = SPEC) -> FeatureBatch:
    return Extractor(spec, BITS).extract(ManifestTable(manifests))


def random_weights(seed: int, spread: float = 3.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=spread, size=2**BITS).astype(np.float32)


@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(0.0, 20.0))
@PROPERTY
def test_contributions_with_any_weights_and_the_prior_add_up_to_the_logit(
    seed: int, n: int, spread: float
) -> None:
    batch, weights = extract(make_manifests(n, seed)), random_weights(seed, spread)
    logits = batch.logits(weights)
    for parcel in range(n):
        total = sum(batch.contributions(weights, parcel).values()) + batch.prior[parcel]
        assert total == pytest.approx(logits[parcel], rel=0, abs=1e-9)


@given(st.lists(drawn_manifests(), min_size=1, max_size=3), st.integers(0, 99))
@PROPERTY
def test_contributions_of_any_manifests_add_up_to_the_logit(
    manifests: list[Manifest], seed: int
) -> None:
    batch, weights = extract(manifests, make_spec()), random_weights(seed)
    for parcel, logit in enumerate(batch.logits(weights)):
        total = sum(batch.contributions(weights, parcel).values()) + batch.prior[parcel]
        assert total == pytest.approx(logit, rel=0, abs=1e-9)


@given(st.integers(0, 10**6), st.integers(1, 6))
@PROPERTY
def test_occurrences_weighed_and_summed_by_parcel_give_the_logits(seed: int, n: int) -> None:
    batch, weights = extract(make_manifests(n, seed)), random_weights(seed)
    slots, rows, values = batch.occurrences()
    sums = np.bincount(rows, weights[slots].astype(np.float64) * values, n)
    assert batch.logits(weights) == pytest.approx(batch.prior + sums, rel=0, abs=1e-9)


def test_contributions_name_every_feature_of_every_level() -> None:
    batch = extract([make_manifest()])
    names = [name for block in batch.blocks for name in block.names]
    assert sorted(batch.contributions(random_weights(1), 0)) == sorted(names)
    assert len(set(names)) == len(SPEC.features) + 1


def test_contribution_of_one_weight_is_weight_times_scale_and_all_others_are_zero() -> None:
    batch = extract([make_manifest(), make_manifest(seller_id="other")], make_spec())
    weights = np.zeros(2**BITS, np.float32)
    names, feature = batch.blocks[0].names, "seller+hs4+unit_weight"
    weights[batch.blocks[0].slots[names.index(feature), 0]] = 1.5
    # The feature's scale in the spec is 2.
    assert batch.contributions(weights, 0)[feature] == 3.0
    assert sum(batch.contributions(weights, 0).values()) == 3.0
    assert not any(batch.contributions(weights, 1).values())


def test_logits_without_weights_are_the_prior_and_leave_it_unchanged() -> None:
    batch = extract(make_manifests(5, seed=4))
    before = batch.prior.copy()
    assert np.array_equal(batch.logits(np.zeros(2**BITS, np.float32)), before)
    batch.logits(random_weights(2))
    assert np.array_equal(batch.prior, before)


def test_logits_with_weights_of_one_parcels_items_leave_the_others_alone() -> None:
    batch = extract(make_manifests(6, seed=5))
    weights = np.zeros(2**BITS, np.float32)
    block = batch.blocks[1]
    assert block.rows is not None
    mine = np.setdiff1d(block.slots[:, block.rows == 2], block.slots[:, block.rows != 2])
    weights[mine] = 1.0
    changed = np.flatnonzero(batch.logits(weights) != batch.prior)
    assert changed.tolist() == [2]
