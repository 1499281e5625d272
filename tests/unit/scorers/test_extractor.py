"""Features of a batch: the same alone or in company, by value and by bin, for many items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from schemas.types import MAX_MEASURE
from scorers.features.batch import Block, FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.fields import Category, Number, crosses
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.specs.parcels import SPEC
from tests.factories import (
    PROPERTY,
    drawn_manifests,
    make_item,
    make_manifest,
    make_manifests,
    make_party,
    make_spec,
)

BITS = 24


def extract(manifests: list[Manifest], spec: FeatureSpec | None = None) -> FeatureBatch:
    return Extractor(spec or make_spec(), BITS).extract(ManifestTable(manifests))


def slot(batch: FeatureBatch, feature: str, column: int = 0) -> int:
    block = next(block for block in batch.blocks if feature in block.names)
    return int(block.slots[block.names.index(feature), column])


def test_extract_gives_a_block_for_each_level_with_its_crosses() -> None:
    parcel, item, word = (block.names for block in extract([make_manifest()]).blocks)
    assert parcel[:3] == ("bias", "seller", "hs4")
    assert parcel[-1] == "seller+hs4+unit_weight"
    assert item == ("item_hs6", "seller+item_hs6+item_origin")
    assert word == ("word", "item_hs6+word")


@given(st.integers(0, 10**6), st.integers(1, 12))
@PROPERTY
def test_extract_a_parcel_alone_or_in_a_batch_gives_the_same_features(seed: int, n: int) -> None:
    manifests = make_manifests(n, seed)
    together = extract(manifests, SPEC)
    for index, manifest in enumerate(manifests):
        alone = extract([manifest], SPEC)
        assert alone.prior[0] == together.prior[index]
        for mine, ours in zip(alone.blocks, together.blocks, strict=True):
            columns = _columns_of(ours, index)
            assert np.array_equal(mine.slots, ours.slots[:, columns])
            if mine.share is not None and ours.share is not None:
                assert np.array_equal(mine.share, ours.share[columns])


@given(st.lists(drawn_manifests(), min_size=1, max_size=4))
@PROPERTY
def test_extract_any_manifests_gives_slots_within_the_table(manifests: list[Manifest]) -> None:
    batch = extract(manifests)
    assert batch.count == len(manifests)
    for block in batch.blocks:
        assert block.slots.min() >= 0
        assert block.slots.max() < 2**BITS


def test_extract_twice_with_one_extractor_gives_the_same_features() -> None:
    extractor, table = Extractor(make_spec(), BITS), ManifestTable(make_manifests(5, seed=1))
    for first, second in zip(
        extractor.extract(table).blocks, extractor.extract(table).blocks, strict=True
    ):
        assert np.array_equal(first.slots, second.slots)


@pytest.mark.parametrize(
    ("value", "bin_of"),
    [(0.0, 9.99), (10.0, 99.0), (100.0, 999.0), (1000.0, 1e9)],
    ids=["below_all_edges", "at_the_first_edge", "at_the_second_edge", "above_all_edges"],
)
def test_extract_a_number_puts_an_edge_into_the_bin_above(value: float, bin_of: float) -> None:
    batch = extract([make_manifest(total_value=value), make_manifest(total_value=bin_of)])
    assert slot(batch, "value", 0) == slot(batch, "value", 1)


def test_extract_numbers_of_different_bins_gives_different_slots() -> None:
    values = (0.0, 10.0, 100.0, 1000.0)
    batch = extract([make_manifest(total_value=value) for value in values])
    assert len({slot(batch, "value", column) for column in range(4)}) == 4


def test_extract_a_missing_number_gives_a_bin_of_its_own() -> None:
    spec = make_spec(
        fields=(Number("tax", "derived.tax_rate", "tax rate", (1.0, 10.0)),),
        features=crosses("G", "tax"),
        rules=(),
        novelty=(),
    )
    texts = ({}, {"tax_rate": "none"}, {"tax_rate": "inf"}, {"tax_rate": "0"}, {"tax_rate": "99"})
    batch = extract([make_manifest(attributes=text) for text in texts], spec)
    slots = [slot(batch, "tax", column) for column in range(len(texts))]
    assert slots[0] == slots[1] == slots[2]
    assert len(set(slots)) == 3


def octave_slots(values: list[float], per_octave: int) -> list[int]:
    """Return the slots of parcels of these total values, cut into bins of an octave."""
    number = Number("value", "total_value", "value", per_octave=per_octave)
    spec = FeatureSpec("octaves", (number,), crosses("G", "value"))
    batch = extract([make_manifest(total_value=value) for value in values], spec)
    return [slot(batch, "value", column) for column in range(len(values))]


def test_extract_a_number_by_octaves_cuts_each_doubling_into_as_many_bins() -> None:
    values = [2.0 + step / 100 for step in range(200)]
    expected = [int((value - 2.0) / 0.5) for value in values]
    slots = octave_slots(values, per_octave=4)
    assert len(set(slots)) == 4
    assert len(set(zip(slots, expected, strict=True))) == 4


def test_extract_a_number_by_octaves_gives_every_doubling_bins_of_its_own() -> None:
    powers = [2.0**power for power in range(-40, 41)]
    assert len(set(octave_slots(powers, per_octave=1))) == len(powers)
    assert len(set(octave_slots([1.0, 1.999999, 2.0], per_octave=1))) == 2


def test_extract_a_number_by_octaves_counts_both_zeros_as_one() -> None:
    zero, negative, small = octave_slots([0.0, -0.0, 1e-300], per_octave=8)
    assert zero == negative != small


def test_extract_a_missing_number_by_octaves_gives_a_bin_of_its_own() -> None:
    spec = FeatureSpec(
        "octaves",
        (Number("tax", "derived.tax_rate", "tax rate", per_octave=64),),
        crosses("G", "tax"),
    )
    rates = ({}, {"tax_rate": "none"}, {"tax_rate": "0"}, {"tax_rate": "8"})
    batch = extract([make_manifest(attributes=rate) for rate in rates], spec)
    slots = [slot(batch, "tax", column) for column in range(len(rates))]
    assert slots[0] == slots[1]
    assert len(set(slots)) == 3


def test_extract_a_category_with_a_prefix_sees_nothing_behind_it() -> None:
    codes = ("610910", "610990", "620910")
    batch = extract([make_manifest(items=(make_item(hs_code=code),)) for code in codes])
    assert slot(batch, "hs4", 0) == slot(batch, "hs4", 1) != slot(batch, "hs4", 2)


def test_extract_two_fields_with_one_value_gives_different_slots() -> None:
    spec = FeatureSpec(
        "two",
        (Category("a", "seller_id", "a"), Category("b", "seller_id", "b")),
        crosses("G", "a", "b", "a+b"),
    )
    batch = extract([make_manifest()], spec)
    assert len(set(batch.blocks[0].slots[:, 0].tolist())) == 4


def test_extract_an_absent_party_and_an_empty_field_of_it_are_the_same() -> None:
    absent, empty, given_ = (None, make_party(city=""), make_party(city="Berlin"))
    batch = extract([make_manifest(deliver_to=party) for party in (absent, empty, given_)])
    slots = [slot(batch, "final_city+tax", column) for column in range(3)]
    assert slots[0] == slots[1] != slots[2]


def test_extract_the_main_item_is_the_first_of_the_highest_value() -> None:
    low, high, later = (
        make_item(hs_code="610910", value=1.0),
        make_item(hs_code="420221", value=9.0),
        make_item(hs_code="851830", value=9.0),
    )
    batch = extract([make_manifest(items=(low, high, later)), make_manifest(items=(high,))])
    assert slot(batch, "hs4", 0) == slot(batch, "hs4", 1)


@pytest.mark.parametrize("count", [1, 2, 5, 99])
def test_extract_items_share_a_length_of_one(count: int) -> None:
    batch = extract([make_manifest(items=(make_item(),) * count), make_manifest()])
    item_block, word_block = batch.blocks[1:]
    for block in (item_block, word_block):
        assert block.share is not None
        lengths = np.bincount(block.rows, block.share**2)
        assert lengths == pytest.approx([1.0, 1.0])
    assert item_block.slots.shape == (2, count + 1)


def test_extract_a_text_without_words_gives_it_a_word_of_its_own() -> None:
    texts = ("", "!!!", "\u200b", "mug")
    batch = extract([make_manifest(items=(make_item(description=text),)) for text in texts])
    slots = [slot(batch, "word", column) for column in range(len(texts))]
    assert slots[0] == slots[1] == slots[2] != slots[3]


def test_extract_a_parcel_with_a_rules_signal_has_the_rule_in_its_prior() -> None:
    vague = make_manifest(items=(make_item(description="gift"),))
    prior = extract([make_manifest(), vague]).prior
    assert prior.tolist() == pytest.approx([np.log(0.1 / 0.9), np.log(0.1 / 0.9) + 1.2])


def test_extract_amounts_at_the_limit_of_the_contract_warns_of_nothing() -> None:
    extract([make_manifest(items=(make_item(value=MAX_MEASURE),) * 2)], SPEC)


def _columns_of(block: Block, parcel: int) -> list[int]:
    return [parcel] if block.rows is None else np.flatnonzero(block.rows == parcel).tolist()


def test_extract_by_a_spec_that_declares_a_field_of_items_first_gives_the_same_slots() -> None:
    fields = tuple(sorted(make_spec().fields, key=lambda field: field.name != "item_hs6"))
    manifests = make_manifests(6, seed=7)
    first, usual = extract(manifests, make_spec(fields=fields)), extract(manifests)
    for ours, theirs in zip(first.blocks, usual.blocks, strict=True):
        assert np.array_equal(ours.slots, theirs.slots)
