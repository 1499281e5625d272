"""Revenue at stake: the duty and tax that a false value would cost, in euro."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from scorers.assessment.revenue import revenue_at_stake
from tests.factories import PROPERTY, make_item
from tests.unit.scorers.assessment.builders import assess, drawn_parcels, parcel

AT = "2026-08-01T12:00:00Z"


def at_stake(manifest: Manifest, expected: float) -> float:
    declared = np.array([manifest.total_value])
    return float(revenue_at_stake(assess(manifest), declared, np.array([expected]))[0])


@pytest.mark.parametrize(
    ("declared", "expected", "lost"),
    [
        # Below the limit only the tax depends on the value: 19 % of 100.
        (20.0, 120.0, 19.0),
        # Above it the whole duty is lost too: 12 % of 200 instead of 3, and 19 % of it all.
        (100.0, 200.0, 24.0 - 3.0 + 42.56 - 19.57),
        (149.0, 151.0, 18.12 - 3.0 + 32.13 - 28.88),
        (100.0, 100.0, 0.0),
        (100.0, 50.0, 0.0),
    ],
)
def test_revenue_at_stake_is_what_the_true_value_would_owe_more(
    declared: float, expected: float, lost: float
) -> None:
    assert at_stake(parcel(AT, declared), expected) == pytest.approx(lost, abs=1e-9)


def test_revenue_at_stake_is_never_negative_where_the_flat_duty_is_the_higher_one() -> None:
    lines = tuple(make_item(value=1.0, hs_code=f"61{number}0") for number in range(100, 190))
    assert at_stake(parcel(AT, 150.0, items=lines), 151.0) == 0.0


def test_revenue_at_stake_leaves_out_fees() -> None:
    assert at_stake(parcel(AT, 20.0, destination_country="IT"), 120.0) == 22.0


@pytest.mark.parametrize(
    ("to", "currency", "lost"),
    [("GB", "GBP", 20 / 0.87), ("JP", "JPY", 0.0), ("US", "USD", 15 / 1.17)],
)
def test_revenue_at_stake_is_in_euro_for_every_destination(
    to: str, currency: str, lost: float
) -> None:
    sent = parcel(AT, 10.0, destination_country=to, currency=currency)
    assert at_stake(sent, 110.0) == pytest.approx(lost, abs=0.005)


@pytest.mark.parametrize("changes", [{"destination_country": "BR"}, {"currency": "EUX"}])
def test_revenue_at_stake_of_what_cannot_be_assessed_is_missing(changes: dict[str, str]) -> None:
    assert np.isnan(at_stake(parcel(AT, 10.0, **changes), 20.0))


def test_revenue_at_stake_of_an_unknown_expected_value_is_missing() -> None:
    assert np.isnan(at_stake(parcel(AT, 10.0), np.nan))


@given(st.lists(drawn_parcels(), min_size=1, max_size=8), st.floats(0, 100))
@PROPERTY
def test_revenue_at_stake_of_any_parcels_is_nothing_or_more_and_nothing_for_the_declared_value(
    manifests: list[Manifest], factor: float
) -> None:
    found = assess(*manifests)
    declared = np.array([manifest.total_value for manifest in manifests])
    lost = revenue_at_stake(found, declared, declared * factor)
    known = ~np.isnan(lost)
    assert (lost[known] >= 0).all()
    assert (known <= ~np.isnan(found.duty + found.vat)).all()
    same = revenue_at_stake(found, declared, declared)
    assert (same[~np.isnan(same)] == 0).all()


def test_revenue_at_stake_of_another_value_than_assessed_counts_from_that() -> None:
    found = assess(parcel(AT, 20.0))
    lost = revenue_at_stake(found, np.array([100.0]), np.array([120.0]))
    expected = revenue_at_stake(assess(parcel(AT, 100.0)), np.array([100.0]), np.array([120.0]))
    assert lost.tolist() == expected.tolist()
