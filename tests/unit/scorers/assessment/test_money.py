"""Money: amounts are whole minor units, and are what decimal arithmetic gives."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from tests.factories import (
    PROPERTY,
    drawn_manifests,
    make_manifests,
)
from tests.unit.scorers.assessment.builders import assess, assessed, drawn_parcels, parcel

CENT = Decimal("0.01")


@given(st.lists(drawn_parcels(), min_size=1, max_size=8))
@PROPERTY
def test_assess_any_parcels_gives_whole_minor_units_whose_sum_is_the_total(
    manifests: list[Manifest],
) -> None:
    found = assess(*manifests)
    parts = np.array([found.duty, found.vat, found.fees])
    known = ~np.isnan(parts).any(axis=0)
    assert (np.isnan(found.total) == ~known).all()
    assert (parts[:, known].sum(axis=0) == found.total[known]).all()
    whole = parts[~np.isnan(parts)]
    assert (whole >= 0).all()
    assert (whole == np.round(whole)).all()


@given(st.lists(drawn_parcels(), min_size=1, max_size=8))
@PROPERTY
def test_records_sum_to_their_total_to_the_cent(manifests: list[Manifest]) -> None:
    for record in assess(*manifests).records():
        if record.total is not None:
            parts = (record.duty, record.vat, record.fees)
            assert sum(Decimal(str(part)) for part in parts) == Decimal(str(record.total))


@given(st.lists(drawn_parcels(), min_size=1, max_size=8))
@PROPERTY
def test_assess_a_batch_equals_assessing_each_parcel_alone(manifests: list[Manifest]) -> None:
    alone = [assess(manifest).records()[0] for manifest in manifests]
    assert assess(*manifests).records() == alone


@given(st.lists(drawn_manifests(), min_size=1, max_size=4))
@PROPERTY
def test_assess_parcels_of_absurd_values_stays_finite(manifests: list[Manifest]) -> None:
    found = assess(*manifests)
    assert np.isfinite(found.total).all()
    assert (found.total >= 0).all()


@given(st.integers(15_001, 10**8))
@PROPERTY
def test_standard_charges_are_what_decimal_arithmetic_rounded_half_up_gives(cents: int) -> None:
    value = Decimal(cents) * CENT
    duty = (value * Decimal("0.12")).quantize(CENT, ROUND_HALF_UP)
    vat = ((value + duty) * Decimal("0.255")).quantize(CENT, ROUND_HALF_UP)
    found = assessed("2026-08-01T12:00:00Z", float(value), destination_country="FI")
    assert (found.duty, found.vat) == (float(duty), float(vat))


@given(st.integers(1, 10**8))
@PROPERTY
def test_converted_value_is_what_decimal_arithmetic_rounded_half_up_gives(cents: int) -> None:
    value = Decimal(cents) * CENT
    euro = (value / Decimal("1.17")).quantize(CENT, ROUND_HALF_UP)
    found = assessed("2026-08-01T12:00:00Z", float(value), currency="USD")
    assert found.value == float(euro)


@pytest.mark.parametrize(("value", "gst"), [(0.14, 0.01), (0.15, 0.02), (0.25, 0.03), (1.05, 0.11)])
def test_half_a_minor_unit_is_rounded_up(value: float, gst: float) -> None:
    # Australian GST is 10 %: of 15 cents it is one and a half.
    sent = {"destination_country": "AU", "currency": "AUD"}
    assert assessed("2026-06-01T12:00:00Z", value, **sent).vat == gst


@pytest.mark.parametrize("to", ["JP", "KR"])
def test_currency_without_decimals_is_assessed_in_whole_units(to: str) -> None:
    found = assess(parcel("2026-08-01T12:00:00Z", 999.99, destination_country=to))
    assert found.units.tolist() == [1.0]
    assert (found.duty % 1 == 0).all()


def test_varied_manifests_to_known_destinations_are_all_assessed() -> None:
    found = assess(*make_manifests(200, seed=3))
    assert not np.isnan(found.total).any()
