"""A score is the sum of its parts: contributions, prior, and the occurrences that learn."""

from __future__ import annotations

from dataclasses import replace

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
from tests.factories import (
    PROPERTY,
    contributions_of,
    drawn_manifests,
    make_item,
    make_manifest,
    make_manifests,
    make_spec,
)

BITS = 14


def extract(manifests: list[Manifest], spec: FeatureSpec = SPEC) -> FeatureBatch:
    return Extractor(spec, BITS).extract(ManifestTable(manifests))


def random_weights(seed: int, spread: float = 3.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=spread, size=2**BITS).astype(np.float32)


def shares(batch: FeatureBatch, weights: np.ndarray, parcel: int) -> dict[str, float]:
    """Return what each feature adds to the logit of a parcel."""
    return {part.name: part.value for part in contributions_of(batch, weights, parcel)}


@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(0.0, 20.0))
@PROPERTY
def test_contributions_with_any_weights_and_the_prior_add_up_to_the_logit(
    seed: int, n: int, spread: float
) -> None:
    batch, weights = extract(make_manifests(n, seed)), random_weights(seed, spread)
    logits = batch.logits(weights)
    for parcel in range(n):
        total = sum(shares(batch, weights, parcel).values()) + batch.prior[parcel]
        assert total == pytest.approx(logits[parcel], rel=0, abs=1e-9)


def test_names_of_two_batches_of_a_spec_are_one_object() -> None:
    extractor = Extractor(SPEC, BITS)
    one, other = (extractor.extract(ManifestTable(make_manifests(n, n))) for n in (1, 2))
    assert one.names is other.names
    assert len(one.names) == sum(len(block.names) for block in one.blocks)


@given(st.integers(0, 10**6), st.integers(2, 12))
@PROPERTY
def test_logits_of_a_parcel_alone_or_in_a_batch_are_the_same_to_the_last_bit(
    seed: int, n: int
) -> None:
    magnitudes = 10 ** np.random.default_rng(seed).uniform(-8, 2, 2**BITS)
    weights = random_weights(seed) * magnitudes.astype(np.float32)
    manifests = make_manifests(n, seed)
    alone = [float(extract([one]).logits(weights)[0]) for one in manifests]
    assert extract(manifests).logits(weights).tolist() == alone


@given(st.lists(drawn_manifests(), min_size=1, max_size=3), st.integers(0, 99))
@PROPERTY
def test_contributions_of_any_manifests_add_up_to_the_logit(
    manifests: list[Manifest], seed: int
) -> None:
    batch, weights = extract(manifests, make_spec()), random_weights(seed)
    for parcel, logit in enumerate(batch.logits(weights)):
        total = sum(shares(batch, weights, parcel).values()) + batch.prior[parcel]
        assert total == pytest.approx(logit, rel=0, abs=1e-9)


@given(st.integers(0, 10**6), st.integers(1, 6))
@PROPERTY
def test_occurrences_weighed_and_summed_by_parcel_give_the_logits(seed: int, n: int) -> None:
    batch, weights = extract(make_manifests(n, seed), make_spec()), random_weights(seed)
    slots, rows, values = batch.occurrences()
    sums = np.bincount(rows, weights[slots].astype(np.float64) * values, n)
    assert batch.logits(weights) == pytest.approx(batch.prior + sums, rel=0, abs=1e-9)


def test_contributions_name_every_feature_of_every_level_once() -> None:
    batch = extract([make_manifest()])
    names = [part.name for part in contributions_of(batch, random_weights(1), 0)]
    assert sorted(names) == sorted(["bias", *(feature.name for feature in SPEC.features)])


def test_contribution_of_one_weight_is_weight_times_scale_and_all_others_are_zero() -> None:
    batch = extract([make_manifest(), make_manifest(seller_id="other")], make_spec())
    weights = np.zeros(2**BITS, np.float32)
    names, feature = batch.blocks[0].names, "seller+hs4+unit_weight"
    weights[batch.blocks[0].slots[names.index(feature), 0]] = 1.5
    # The feature's scale in the spec is 2.
    mine = shares(batch, weights, 0)
    assert mine[feature] == 3.0
    assert sum(mine.values()) == 3.0
    assert not any(shares(batch, weights, 1).values())


def test_contribution_of_a_parcel_feature_names_the_slot_its_weight_stands_in() -> None:
    batch, weights = extract(make_manifests(3, seed=2), make_spec()), random_weights(4)
    scale_of = dict(zip(batch.blocks[0].names, batch.blocks[0].scales.tolist(), strict=True))
    for part in contributions_of(batch, weights, 1):
        if part.name in scale_of:
            assert part.value == pytest.approx(scale_of[part.name] * weights[part.slot])


def test_contribution_of_an_item_feature_names_the_slot_of_its_largest_item() -> None:
    codes = ("610910", "420221", "851830")
    parcel = make_manifest(items=tuple(make_item(hs_code=code) for code in codes))
    batch = extract([make_manifest(), parcel], make_spec())
    block = next(block for block in batch.blocks if "item_hs6" in block.names)
    line = block.slots[block.names.index("item_hs6")]
    weights = np.zeros(2**BITS, np.float32)
    weights[line[1:]] = (-5.0, 3.0, 1.0)
    (part,) = (p for p in contributions_of(batch, weights, 1) if p.name == "item_hs6")
    assert part.slot == line[2]
    assert part.value == pytest.approx(-1.0 / np.sqrt(3))


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


def test_feature_of_twice_the_scale_has_twice_the_input_value_and_the_same_slots() -> None:
    manifests, spec = make_manifests(20, seed=8), make_spec()
    doubled = make_spec(features=tuple(replace(c, scale=2 * c.scale) for c in spec.features))
    one, two, weights = extract(manifests, spec), extract(manifests, doubled), random_weights(5)
    for single, double in zip(one.blocks, two.blocks, strict=True):
        slots, rows, inputs = single.occurrences()
        slots_2, rows_2, inputs_2 = double.occurrences()
        assert np.array_equal(slots, slots_2)
        assert np.array_equal(rows, rows_2)
        # The bias has no scale of its own.
        factors = [1.0 if name == "bias" else 2.0 for name in single.names]
        assert np.array_equal(np.repeat(factors, single.slots.shape[1]) * inputs, inputs_2)
    singles, doubles = shares(one, weights, 3), shares(two, weights, 3)
    assert doubles == {name: (1 if name == "bias" else 2) * v for name, v in singles.items()}


def test_group_of_a_feature_changes_nothing_of_the_batch() -> None:
    manifests, spec = make_manifests(20, seed=9), make_spec()
    renamed = make_spec(features=tuple(replace(c, group="ALL") for c in spec.features))
    blocks = zip(extract(manifests, spec).blocks, extract(manifests, renamed).blocks, strict=True)
    for ours, theirs in blocks:
        assert ours.slots.tobytes() == theirs.slots.tobytes()
        assert ours.scales.tobytes() == theirs.scales.tobytes()
