"""Readable features: what a held decision carries gives the learner the very same features."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from scorers.features.batch import FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.fields import Number
from scorers.features.rows import RowTable, rows_of
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.specs.parcels import SPEC
from tests.factories import (
    PROPERTY,
    drawn_manifests,
    make_item,
    make_manifest,
    make_manifests,
    make_spec,
)

BITS = 22


def assert_same(left: FeatureBatch, right: FeatureBatch) -> None:
    """Compare two batches byte by byte."""
    assert left.count == right.count
    assert left.prior.tobytes() == right.prior.tobytes()
    for ours, theirs in zip(left.blocks, right.blocks, strict=True):
        assert ours.names == theirs.names
        assert ours.scales.tobytes() == theirs.scales.tobytes()
        assert ours.slots.dtype == theirs.slots.dtype
        assert ours.slots.tobytes() == theirs.slots.tobytes()
        for mine, other in ((ours.rows, theirs.rows), (ours.share, theirs.share)):
            assert (mine is None) == (other is None)
            assert mine is None or other is None or mine.tobytes() == other.tobytes()


def through_json(manifests: list[Manifest], spec: FeatureSpec, parcels: list[int]) -> RowTable:
    rows = rows_of(ManifestTable(manifests), spec, parcels)
    return RowTable(msgspec.json.decode(msgspec.json.encode(rows)), spec)


@given(st.integers(0, 10**6), st.integers(1, 15))
@PROPERTY
def test_extract_from_rows_of_a_varied_batch_equals_extract_from_manifests(
    seed: int, n: int
) -> None:
    manifests, extractor = make_manifests(n, seed), Extractor(SPEC, BITS)
    again = extractor.extract(through_json(manifests, SPEC, list(range(n))))
    assert_same(again, extractor.extract(ManifestTable(manifests)))


@given(st.lists(drawn_manifests(), min_size=1, max_size=5))
@PROPERTY
def test_extract_from_rows_of_any_manifests_equals_extract_from_manifests(
    manifests: list[Manifest],
) -> None:
    spec = make_spec()
    extractor = Extractor(spec, BITS)
    again = extractor.extract(through_json(manifests, spec, list(range(len(manifests)))))
    assert_same(again, extractor.extract(ManifestTable(manifests)))


@given(st.integers(0, 10**6), st.lists(st.integers(0, 9), min_size=1, unique=True))
@PROPERTY
def test_extract_from_rows_of_some_parcels_equals_extract_from_these_alone(
    seed: int, parcels: list[int]
) -> None:
    manifests, extractor = make_manifests(10, seed), Extractor(SPEC, BITS)
    again = extractor.extract(through_json(manifests, SPEC, parcels))
    chosen = ManifestTable([manifests[parcel] for parcel in parcels])
    assert_same(again, extractor.extract(chosen))


def test_rows_of_a_parcel_show_values_before_cutting_and_hashing() -> None:
    second = make_item(description="gift", hs_code="950300", origin="")
    row = rows_of(
        ManifestTable([make_manifest(items=(make_item(), second), total_value=20.0)]),
        make_spec(),
        [0],
    )[0]
    assert row == {
        "items": 2,
        "signals": ["description_vague"],
        "seller_id": "seller-7",
        "main.hs_code": "610910",
        "items.hs_code": ["610910", "950300"],
        "items.origin": ["CN", ""],
        "deliver_to.city": "",
        "attributes.tax_type": "",
        "total_value": 20.0,
        "derived.unit_weight": 0.18,
        "items.description": ["cotton t-shirt, printed", "gift"],
    }


def test_rows_of_a_missing_number_show_none() -> None:
    rate = Number("tax", "derived.tax_rate", "tax rate", (1.0,))
    spec = make_spec(fields=(rate,), features=(), rules=(), novelty=())
    row = rows_of(ManifestTable([make_manifest()]), spec, [0])[0]
    assert row["derived.tax_rate"] is None
    assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_rows_of_no_parcels_are_none() -> None:
    assert rows_of(ManifestTable(make_manifests(3, seed=1)), SPEC, []) == []


def test_rows_follow_the_order_of_the_parcels_asked_for() -> None:
    table = ManifestTable(make_manifests(5, seed=2))
    forwards, backwards = rows_of(table, SPEC, [1, 3]), rows_of(table, SPEC, [3, 1])
    assert forwards == backwards[::-1]
    assert forwards[0] != forwards[1]


@pytest.mark.parametrize("level", ["seller_id", "items.origin", "total_value"])
def test_extract_from_rows_of_an_older_spec_counts_a_field_they_lack_as_missing(
    level: str,
) -> None:
    spec = make_spec()
    row = rows_of(ManifestTable([make_manifest()]), spec, [0])[0]
    missing = {"seller_id": "", "items.origin": [""], "total_value": None}
    old = {source: value for source, value in row.items() if source != level}
    extractor = Extractor(spec, BITS)
    assert_same(
        extractor.extract(RowTable([old], spec)),
        extractor.extract(RowTable([{**row, level: missing[level]}], spec)),
    )


def test_extract_from_rows_of_two_specs_takes_from_each_row_what_it_has() -> None:
    spec = make_spec()
    row = rows_of(ManifestTable([make_manifest()]), spec, [0])[0]
    older = {source: value for source, value in row.items() if source != "seller_id"}
    extractor = Extractor(spec, BITS)
    assert_same(
        extractor.extract(RowTable([row, older], spec)),
        extractor.extract(RowTable([row, {**row, "seller_id": ""}], spec)),
    )


def test_rows_table_counts_items_of_each_parcel() -> None:
    manifests = [make_manifest(items=(make_item(),) * count) for count in (3, 1, 2)]
    table = through_json(manifests, make_spec(), [0, 1, 2])
    assert len(table) == 3
    assert np.array_equal(table.item_counts, [3, 1, 2])
