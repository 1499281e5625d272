"""What parcels owe: each regime on both sides of its limit, and what applies to whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference.assessment import Assessment
from tests.factories import PROPERTY, make_item, make_manifest, make_party
from tests.unit.scorers.assessment.builders import assess, assessed, drawn_parcels, parcel

PERSON, BUSINESS = make_party(kind="person"), make_party(kind="business")
GIFT = {"transaction_nature": "gift", "consignor": PERSON, "consignee": PERSON}
VIETNAMESE = {"items": (make_item(value=100.0, origin="VN"),)}
COURIER_FROM_US = {"channel": "express", "origin_post_country": "US"}
BEFORE_FLAT, SINCE_FLAT = "2026-06-01T12:00:00Z", "2026-08-01T12:00:00Z"


def owed(found: Assessment) -> tuple[float | None, float | None, float | None]:
    return found.duty, found.vat, found.fees


@pytest.mark.parametrize(
    ("at", "to", "currency", "value", "expected", "changes"),
    [
        # T-shirts: 12 % above the limit. German VAT is 19 % of value and duty.
        (BEFORE_FLAT, "DE", "EUR", 150.0, (0.0, 28.5, 0.0), {}),
        (BEFORE_FLAT, "DE", "EUR", 150.01, (18.0, 31.92, 0.0), {}),
        (SINCE_FLAT, "DE", "EUR", 150.0, (3.0, 29.07, 0.0), {}),
        (SINCE_FLAT, "DE", "EUR", 150.01, (18.0, 31.92, 0.0), {}),
        (SINCE_FLAT, "DE", "EUR", 0.0, (3.0, 0.57, 0.0), {}),
        (SINCE_FLAT, "DE", "EUR", 45.0, (0.0, 0.0, 0.0), GIFT),
        (SINCE_FLAT, "DE", "EUR", 45.01, (3.0, 9.12, 0.0), GIFT),
        (SINCE_FLAT, "DE", "EUR", 45.0, (3.0, 9.12, 0.0), {**GIFT, "consignor": BUSINESS}),
        (SINCE_FLAT, "DE", "EUR", 45.0, (3.0, 9.12, 0.0), {**GIFT, "transaction_nature": "sale"}),
        (SINCE_FLAT, "IT", "EUR", 150.0, (3.0, 33.66, 2.0), {}),
        (SINCE_FLAT, "IT", "EUR", 200.0, (24.0, 49.28, 0.0), {}),
        (SINCE_FLAT, "FR", "EUR", 100.0, (3.0, 20.6, 2.0), {}),
        # RON 25 at RON 5.09 a euro.
        (SINCE_FLAT, "RO", "EUR", 100.0, (3.0, 21.63, 4.91), {}),
        ("2025-08-01T12:00:00Z", "US", "USD", 800.0, (0.0, 0.0, 0.0), VIETNAMESE),
        ("2025-04-01T12:00:00Z", "US", "USD", 800.01, (120.0, 0.0, 0.0), {}),
        ("2025-08-01T12:00:00Z", "US", "USD", 800.0, (120.0, 0.0, 0.0), {}),
        ("2025-10-01T12:00:00Z", "US", "USD", 10.0, (1.0, 0.0, 0.0), {"channel": "post"}),
        ("2025-10-01T12:00:00Z", "US", "USD", 10.0, (1.5, 0.0, 0.0), {"channel": "express"}),
        ("2026-04-01T12:00:00Z", "US", "USD", 10.0, (2.5, 0.0, 0.0), {}),
        ("2026-04-01T12:00:00Z", "US", "USD", 100.0, (0.0, 0.0, 0.0), GIFT),
        ("2026-04-01T12:00:00Z", "US", "USD", 100.01, (25.0, 0.0, 0.0), GIFT),
        ("2026-10-01T12:00:00Z", "US", "USD", 10.0, (1.5, 0.0, 0.0), {}),
        (SINCE_FLAT, "GB", "GBP", 135.0, (0.0, 27.0, 0.0), {}),
        (SINCE_FLAT, "GB", "GBP", 135.01, (16.2, 30.24, 0.0), {}),
        (SINCE_FLAT, "GB", "GBP", 39.0, (0.0, 0.0, 0.0), GIFT),
        (SINCE_FLAT, "AU", "AUD", 1000.0, (0.0, 100.0, 0.0), {}),
        (SINCE_FLAT, "AU", "AUD", 1000.01, (50.0, 105.0, 0.0), {}),
        (SINCE_FLAT, "CA", "CAD", 20.0, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "CA", "CAD", 20.01, (2.4, 1.12, 0.0), {}),
        (SINCE_FLAT, "CA", "CAD", 40.0, (0.0, 0.0, 0.0), COURIER_FROM_US),
        (SINCE_FLAT, "CA", "CAD", 40.01, (0.0, 2.0, 0.0), COURIER_FROM_US),
        (SINCE_FLAT, "CA", "CAD", 150.0, (0.0, 7.5, 0.0), COURIER_FROM_US),
        (SINCE_FLAT, "CA", "CAD", 150.01, (18.0, 8.4, 0.0), COURIER_FROM_US),
        (SINCE_FLAT, "CA", "CAD", 40.0, (4.8, 2.24, 0.0), {**COURIER_FROM_US, "channel": "post"}),
        (SINCE_FLAT, "JP", "JPY", 10_000.0, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "JP", "JPY", 10_001.0, (1_200.0, 1_120.0, 0.0), {}),
        # USD 150 is KRW 219,230.77 at 1,710 to 1.17.
        (SINCE_FLAT, "KR", "USD", 150.0, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "KR", "USD", 150.01, (26_309.0, 24_555.0, 0.0), {}),
        (SINCE_FLAT, "KR", "KRW", 219_230.0, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "KR", "KRW", 219_245.0, (26_309.0, 24_555.0, 0.0), {}),
        (SINCE_FLAT, "KR", "USD", 200.0, (0.0, 0.0, 0.0), {"origin_post_country": "US"}),
        # 8.1 % of CHF 61.79 is 5.00, of 61.80 it is 5.01.
        (SINCE_FLAT, "CH", "CHF", 61.79, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "CH", "CHF", 61.8, (0.0, 5.01, 0.0), {}),
        (SINCE_FLAT, "CH", "CHF", 100.0, (0.0, 0.0, 0.0), GIFT),
        ("2025-12-01T12:00:00Z", "TH", "THB", 1_500.0, (0.0, 105.0, 0.0), {}),
        ("2024-07-01T12:00:00Z", "TH", "THB", 1_500.0, (0.0, 0.0, 0.0), {}),
        (SINCE_FLAT, "TH", "THB", 1.0, (0.12, 0.08, 0.0), {}),
    ],
)
def test_parcel_owes_duty_tax_and_fees_of_the_regime_in_force(
    at: str,
    to: str,
    currency: str,
    value: float,
    expected: tuple[float, float, float],
    changes: dict[str, Any],
) -> None:
    assert owed(assessed(at, value, destination_country=to, currency=currency, **changes)) == (
        expected
    )


def test_unconfirmed_fee_is_charged_only_when_switched_on() -> None:
    sent = parcel("2026-11-02T12:00:00Z")
    assert assess(sent).fees.tolist() == [0.0]
    assert assess(sent, switched_on=["EU-FEE-HANDLING"]).fees.tolist() == [200.0]


def test_unconfirmed_flat_duty_of_the_us_post_is_charged_only_when_switched_on() -> None:
    sent = parcel("2025-10-01T12:00:00Z", currency="USD", destination_country="US")
    assert assess(sent).duty.tolist() == [189.0]
    assert assess(sent, switched_on=["US-DUTY-POST-80"]).duty.tolist() == [8_000.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"destination_country": "BR"},
        {"destination_country": "CH", "at": "2023-12-31T12:00:00Z"},
        {"currency": "EUX"},
        {"destination_country": "KR", "at": "2020-01-01T12:00:00Z"},
    ],
)
def test_parcel_of_which_something_is_not_known_owes_none_and_not_zero(
    changes: dict[str, Any],
) -> None:
    found = assessed(**changes)
    assert (found.duty, found.total) == (None, None)


def test_parcel_to_an_unknown_destination_is_assessed_in_euro() -> None:
    found = assessed(destination_country="BR", currency="USD")
    assert (found.currency, found.regime) == ("EUR", "")
    assert found.value == pytest.approx(18.9 / 1.17, abs=0.005)


def test_own_currency_needs_no_exchange_rate() -> None:
    found = assessed("2019-01-01T12:00:00Z", 18.9, destination_country="AU", currency="AUD")
    assert (found.duty, found.vat) == (0.0, 1.89)


def test_assess_no_parcels_returns_no_assessments() -> None:
    found = assess()
    assert (len(found), found.records()) == (0, [])


def test_main_item_without_an_origin_counts_as_of_the_posting_country() -> None:
    goods = {"items": (make_item(value=10.0, origin=""),), "currency": "USD"}
    at = "2025-08-01T12:00:00Z"
    found = [
        assessed(at, 10.0, destination_country="US", origin_post_country=posted, **goods).regime
        for posted in ("CN", "VN")
    ]
    assert found == ["US-DUTY-CHINA", "US-DUTY-800"]


def test_origin_and_posting_country_that_change_places_are_another_situation() -> None:
    china, america = (
        parcel(SINCE_FLAT, destination_country="KR", origin_post_country=posted, items=goods)
        for posted, goods in (
            ("CN", (make_item(origin="US"),)),
            ("US", (make_item(origin="CN"),)),
        )
    )
    found = [record.regime for record in assess(china, america).records()]
    assert found == ["KR-DUTY-150", "KR-DUTY-US-200"]


def test_example_manifest_is_assessed_as_documented() -> None:
    assert assess(make_manifest()).records() == [
        Assessment(
            currency="EUR",
            value=18.9,
            duty=3.0,
            vat=4.16,
            fees=0.0,
            total=7.16,
            regime="EU-DUTY-3-A-SUBHEADING",
            tax_regime="EU-VAT",
            limit=150.0,
            limit_currency="EUR",
        )
    ]


@PROPERTY
@given(st.lists(drawn_parcels(), min_size=2, max_size=6))
def test_assessment_of_a_parcel_is_the_same_alone_and_among_others(parcels: list) -> None:
    # One whose currency nobody knows, and one with a fee, are always among them.
    others = [parcel(currency="XXX"), parcel("2026-07-02T00:00:00Z", destination_country="IT")]
    every = [*parcels, *others]
    assert assess(*every).records() == [assess(one).records()[0] for one in every]
