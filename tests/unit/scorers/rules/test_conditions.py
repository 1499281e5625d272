"""What the words of the language mean: operators, trees, items."""

from __future__ import annotations

import pytest

from tests.factories import make_item, make_manifest, make_party
from tests.unit.scorers.rules.builders import matched

PLAIN = make_manifest()
"""One T-shirt from CN to DE, EUR 18.90, 0.42 kg, sold on platform-a."""

TEXTS = {
    "destination_country: DE": True,
    "destination_country: [FR, DE]": True,
    "destination_country: {is: FR}": False,
    "destination_country: {in: [FR, PL]}": False,
    "destination_country: {not_in: [FR, PL]}": True,
    "destination_country: {not_in: DE}": False,
    "consignee.postcode: {starts_with: [9, '101']}": True,
    "consignee.postcode: {starts_with: '1011512'}": False,
    "consignor.name: {starts_with: Bright Trad}": True,
    "consignor.name: {starts_with: Bright Trap}": False,
    "consignor.name: {contains: TRADING}": True,
    "consignor.name: {contains: [bright trading]}": True,
    "consignor.name: {contains: trading bright}": False,
    "consignor.name: {contains: trad}": False,
    "eori: {missing: true}": True,
    "ioss: {missing: false}": True,
    "ioss: {missing: true}": False,
    "attributes.zone: {missing: true}": True,
    "attributes.origin: {not_in: [the far east]}": True,
    "deliver_to.city: {missing: true}": True,
    "deliver_to.id: {missing: true}": True,
    "buyer.kind: {missing: true}": True,
    "buyer.kind: person": False,
    "consignee.name: {is: A. Muster}": True,
    "consignee.name: {is: a. muster}": False,
}

NUMBERS = {
    "total_value: {above: 18.8}": True,
    "total_value: {above: 18.9}": False,
    "total_value: {below: 18.9}": False,
    "total_value: {below: 19}": True,
    "total_value: {between: [18.9, 18.9]}": True,
    "total_value: {above: 18, below: 19}": True,
    "total_value: {above: 19, below: 20}": False,
    "total_value: 18.9": True,
    "total_value: 1.89e1": True,
    "derived.items: 1": True,
    "derived.tax_rate: {missing: true}": True,
    "derived.tax_rate: {below: 1000}": False,
    "not: {derived.tax_rate: {below: 1000}}": True,
    "derived.unit_value: {missing: true}": False,
    "derived.unit_value: {missing: false}": True,
}

TREES = {
    "{destination_country: DE, channel: post}": True,
    "{destination_country: DE, channel: express}": False,
    "[{destination_country: DE}, {channel: post}]": True,
    "all: [{destination_country: DE}, {channel: express}]": False,
    "any: [{destination_country: FR}, {channel: post}]": True,
    "any: [{destination_country: FR}, {channel: express}]": False,
    "not: {destination_country: DE}": False,
    "not: {all: [{destination_country: DE}, {channel: express}]}": True,
    "not: {any: [{destination_country: FR}, {channel: post}]}": False,
    "not: {not: {destination_country: DE}}": True,
    "signals.value_zero: false": True,
    "signals.value_zero: {is: true}": False,
}


@pytest.mark.parametrize(("when", "expected"), list((TEXTS | NUMBERS | TREES).items()))
def test_condition_on_a_plain_parcel_holds_or_not(when: str, expected: bool) -> None:
    assert matched(when, PLAIN) == [expected]


def test_signal_raised_matches() -> None:
    free = make_manifest(total_value=0.0)
    assert matched("signals.value_zero: true", PLAIN, free) == [False, True]


BATTERY = make_item(hs_code="850760", dangerous_goods="", origin="CN")
DECLARED = make_item(hs_code="850760", dangerous_goods="UN3480", origin="VN")
SHIRT = make_item(origin="")


@pytest.mark.parametrize("items", [(BATTERY, SHIRT), (SHIRT, BATTERY), (SHIRT, SHIRT, BATTERY)])
def test_field_of_items_matches_if_any_item_does(items: tuple) -> None:
    assert matched("items.hs_code: {starts_with: 8507}", make_manifest(items=items)) == [True]


def test_fields_of_items_apart_may_hold_for_different_items() -> None:
    when = "{items.hs_code: {starts_with: 8507}, items.dangerous_goods: {missing: true}}"
    assert matched(when, make_manifest(items=(DECLARED, SHIRT))) == [True]


def test_same_item_holds_only_if_one_item_has_it_all() -> None:
    when = "same_item: {items.hs_code: {starts_with: 8507}, items.dangerous_goods: {missing: true}}"
    parcels = [make_manifest(items=items) for items in [(DECLARED, SHIRT), (SHIRT, BATTERY)]]
    assert matched(when, *parcels) == [False, True]


def test_operators_of_one_item_field_hold_for_the_same_item() -> None:
    items = (make_item(value=1.0), make_item(value=100.0))
    assert matched("items.value: {above: 5, below: 50}", make_manifest(items=items)) == [False]


def test_not_in_of_items_asks_for_an_item_that_differs_and_not_for_no_item() -> None:
    mixed = make_manifest(items=(BATTERY, DECLARED))
    alike = make_manifest(items=(BATTERY, BATTERY))
    assert matched("items.origin: {not_in: CN}", mixed, alike) == [True, False]
    assert matched("not: {items.origin: CN}", mixed, alike) == [False, False]


def test_items_of_the_next_parcel_do_not_count() -> None:
    parcels = [make_manifest(items=items) for items in [(SHIRT,), (BATTERY,), (SHIRT, SHIRT)]]
    assert matched("items.hs_code: 850760", *parcels) == [False, True, False]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Pill-Press 5 kg", True),
        ("ｐｉｌｌ　ＰＲＥＳＳ", True),
        ("pill\u200b press", True),
        ("pillpress", False),
        ("pill box, press", False),
    ],
)
def test_contains_spelling_tricks_finds_words_one_after_the_other(
    said: str, expected: bool
) -> None:
    parcel = make_manifest(items=(make_item(description=said),))
    assert matched("items.description: {contains: pill press}", parcel) == [expected]


@pytest.mark.parametrize(
    ("said", "expected"), [("手机锂电池充电器", True), ("锂 电池", True), ("锂手电池", False)]
)
def test_contains_script_without_spaces_finds_a_phrase_inside_a_run(
    said: str, expected: bool
) -> None:
    parcel = make_manifest(items=(make_item(description=said),))
    assert matched("items.description: {contains: 锂电池}", parcel) == [expected]


@pytest.mark.parametrize("origin", ["NO", "no"])
def test_country_that_yaml_takes_for_a_boolean_is_a_text(origin: str) -> None:
    parcel = make_manifest(attributes={"zone": origin})
    assert matched(f"attributes.zone: {origin}", parcel) == [True]


def test_code_with_leading_zero_is_a_text() -> None:
    parcel = make_manifest(items=(make_item(hs_code="010121"),))
    assert matched("items.hs_code: 010121", parcel) == [True]


def test_buyer_that_differs_is_found_by_its_own_fields() -> None:
    parcels = [make_manifest(buyer=make_party(country="FR")), PLAIN]
    assert matched("buyer.country: FR", *parcels) == [True, False]
