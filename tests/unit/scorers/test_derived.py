"""Derived quantities: their formula, and missing where it gives no finite number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from schemas.manifest import Manifest
from scorers.features.derived import COLUMNS
from scorers.features.tables import ManifestTable
from tests.factories import make_item, make_manifest, make_manifests

TWO = make_manifest(
    gross_weight_kg=2.0,
    total_value=50.0,
    items=(
        make_item(value=10.0, quantity=5, net_weight_kg=0.5),
        make_item(value=40.0, quantity=8, net_weight_kg=1.0),
    ),
)


def value(name: str, manifest: Manifest) -> float:
    return float(COLUMNS[name](ManifestTable([manifest]))[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("value_per_kg", 25.0),
        ("main_value_per_kg", 40.0),
        ("unit_value", 5.0),
        ("unit_weight", 0.125),
        ("net_share", 0.75),
        ("items", 2.0),
    ],
)
def test_derived_quantity_of_two_items_follows_its_formula(name: str, expected: float) -> None:
    assert value(name, TWO) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("8.5", 8.5), ("0", 0.0), (" 8 ", 8.0), ("-1", -1.0)]
)
def test_tax_rate_of_a_number_in_the_attributes_is_that_number(text: str, expected: float) -> None:
    assert value("tax_rate", make_manifest(attributes={"tax_rate": text})) == expected


@pytest.mark.parametrize("text", ["", "none", "nan", "inf", "-inf", "1e999", "8,5", "8%"])
def test_tax_rate_of_anything_else_is_missing(text: str) -> None:
    assert math.isnan(value("tax_rate", make_manifest(attributes={"tax_rate": text})))


@pytest.mark.parametrize("amount", [0.0, 5.0])
def test_ratio_to_a_mass_of_zero_is_missing(amount: float) -> None:
    parcel = make_manifest(items=(make_item(value=amount, net_weight_kg=0.0),))
    assert math.isnan(value("main_value_per_kg", parcel))


def test_ratio_beyond_floats_is_missing() -> None:
    parcel = make_manifest(total_value=1e308, gross_weight_kg=1e-10)
    assert math.isnan(value("value_per_kg", parcel))


@pytest.mark.parametrize("name", COLUMNS)
def test_derived_quantity_of_a_batch_equals_that_of_each_parcel_alone(name: str) -> None:
    manifests = make_manifests(50, seed=6)
    together = COLUMNS[name](ManifestTable(manifests))
    alone = [value(name, manifest) for manifest in manifests]
    assert together.dtype == np.float64
    assert np.array_equal(together, alone, equal_nan=True)
