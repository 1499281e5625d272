"""The threshold in force: what a value is measured against, also in the declared currency."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.factories import make_party
from tests.unit.scorers.assessment.builders import assess, assessed, parcel

PERSON = make_party(kind="person")
GIFT = {"transaction_nature": "gift", "consignor": PERSON, "consignee": PERSON}
AT = "2026-08-01T12:00:00Z"


@pytest.mark.parametrize(
    ("value", "changes", "regime", "limit", "above"),
    [
        (150.0, {}, "EU-DUTY-3-A-SUBHEADING", 150.0, False),
        (150.004, {}, "EU-DUTY-3-A-SUBHEADING", 150.0, False),
        (150.005, {}, "EU-DUTY-3-A-SUBHEADING", 150.0, True),
        (45.0, GIFT, "EU-DUTY-GIFT-45", 45.0, False),
        (46.0, GIFT, "EU-DUTY-3-A-SUBHEADING", 150.0, False),
        (151.0, GIFT, "EU-DUTY-3-A-SUBHEADING", 150.0, True),
        (151.0, {"destination_country": "US"}, "US-DUTY-ALL", None, False),
        (10.0, {"destination_country": "BR"}, "", None, False),
    ],
)
def test_threshold_is_that_of_the_regime_that_applies_or_else_is_exceeded(
    value: float, changes: dict[str, Any], regime: str, limit: float | None, above: bool
) -> None:
    found = assessed(AT, value, **changes)
    assert (found.regime, found.limit, found.above_limit) == (regime, limit, above)
    assert found.limit_currency == ("EUR" if limit else "")


def test_threshold_in_the_declared_currency_is_converted_at_the_days_rate() -> None:
    found = assess(
        parcel(AT, 10.0, currency="USD"),
        parcel(AT, 10.0, currency="EUR"),
        parcel(AT, 10.0, destination_country="KR", currency="JPY"),
        parcel(AT, 10.0, destination_country="US", currency="USD"),
        parcel(AT, 10.0, currency="EUX"),
    )
    expected = [150 * 1.17, 150.0, 150 / 1.17 * 184, np.nan, np.nan]
    assert found.limit_declared == pytest.approx(expected, nan_ok=True)
    assert found.limit_currencies == ["EUR", "EUR", "USD", "", ""]


def test_value_in_another_currency_is_compared_in_that_of_the_limit() -> None:
    # EUR 150 is USD 175.50.
    found = [assessed(AT, value, currency="USD").above_limit for value in (175.5, 175.51)]
    assert found == [False, True]


def test_exchange_rate_is_used_from_the_day_after_its_date_in_utc() -> None:
    moments = ("2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z")
    found = [assessed(at, 117.5, currency="USD").value for at in moments]
    assert found == [100.0, 100.43]


def test_columns_name_the_rows_in_force_by_their_place() -> None:
    found = assess(parcel(AT), parcel(AT, 200.0), parcel(AT, destination_country="BR"))
    codes = [found.parcels.terms.rows[row].code for row in found.regime[:2].tolist()]
    assert codes == ["EU-DUTY-3-A-SUBHEADING", "EU-DUTY-3-A-SUBHEADING"]
    assert found.regime[2] == -1
    assert found.tax_regime[2] == -1
    assert found.currencies == ["EUR", "EUR", "EUR"]
