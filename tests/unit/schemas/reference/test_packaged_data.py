"""The packaged reference data: complete, and honest about what is not confirmed."""

from __future__ import annotations

from itertools import pairwise

from schemas.reference.loading import load_reference
from schemas.types import CurrencyCode

REFERENCE = load_reference()
MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"


def test_packaged_territories_are_the_27_members_and_eight_others() -> None:
    members = [place.code for place in REFERENCE.territories if place.member_of == "EU"]
    others = {place.code for place in REFERENCE.territories if not place.member_of}
    assert sorted(members) == MEMBERS.split()
    assert others == {"AU", "CA", "CH", "GB", "JP", "KR", "TH", "US"}


def test_packaged_unconfirmed_rows_are_off() -> None:
    on = {row.code for row in REFERENCE.in_force}
    off = {row.code for row in REFERENCE.regimes} - on
    assert off == {
        "EU-FEE-HANDLING",
        "EU-VAT-22",
        "US-DUTY-CHINA-POST",
        "US-DUTY-POST-80",
        "US-DUTY-POST-160",
        "US-DUTY-POST-200",
        "US-SURCHARGE-IEEPA",
    }


def test_packaged_unconfirmed_row_is_on_when_switched_on() -> None:
    reference = load_reference(switched_on=["EU-FEE-HANDLING"])
    assert "EU-FEE-HANDLING" in {row.code for row in reference.in_force}
    assert reference.version != REFERENCE.version


def test_packaged_duty_rates_are_marked_as_estimates_but_for_what_a_law_sets_to_zero() -> None:
    confirmed = [rate for rate in REFERENCE.duty_rates if rate.status == "confirmed"]
    assert [(rate.destination, rate.rate_percent) for rate in confirmed] == [("CH", 0.0)]


def test_packaged_tax_rates_of_a_destination_follow_each_other_without_a_gap() -> None:
    for place in REFERENCE.territories:
        rates = sorted(
            (rate for rate in REFERENCE.vat_rates if rate.destination == place.code),
            key=lambda rate: str(rate.valid_from),
        )
        assert rates or place.code == "US"
        assert not rates or rates[-1].valid_to is None
        for earlier, later in pairwise(rates):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert (later.valid_from - earlier.valid_to).days == 1


def test_packaged_exchange_rates_have_every_currency_in_use() -> None:
    used: set[CurrencyCode] = {place.currency for place in REFERENCE.territories}
    used |= {row.limit_currency or row.currency for row in REFERENCE.regimes}
    used |= {row.currency for row in REFERENCE.regimes}
    assert used - {"EUR"} <= set(REFERENCE.exchange_rates.currencies)


def test_version_names_the_content_and_not_the_moment_of_loading() -> None:
    assert load_reference().version == REFERENCE.version
    assert REFERENCE.version.startswith("reference-")
