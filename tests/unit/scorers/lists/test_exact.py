"""Identifiers, headings and addresses: found as declared, or as they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from scorers.lists.addresses import address_in, address_of
from tests.factories import PROPERTY, make_item, make_manifest, make_party
from tests.unit.scorers.lists.builders import found, make_entry, match

countries = st.sampled_from(["DE", "AT"])


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("ioss", "ioss"),
        ("eori", "eori"),
        ("seller", "seller_id"),
        ("platform", "platform_id"),
        ("order", "order_id"),
        ("declarant", "declarant_id"),
    ],
)
def test_match_of_an_identifier_needs_all_of_it(subject: str, field: str) -> None:
    entry = make_entry(subject=subject, value="ID-7")
    (hit,) = found(entry, make_manifest(**{field: "ID-7"}))
    assert (hit.source, hit.shown) == (field, "ID-7")
    for other in ("ID-77", "ID-", "", "id-7"):
        assert found(entry, make_manifest(**{field: other})) == ()


@pytest.mark.parametrize("role", ["consignor", "consignee", "buyer", "deliver_to"])
def test_match_of_a_party_in_any_role_says_which(role: str) -> None:
    entry = make_entry(subject="party", value="p-1")
    plain = make_manifest()
    listed = make_manifest(**{role: make_party(id="p-1")})
    hits = match([entry], plain, listed, plain)
    assert [hit.source for hit in hits.of(1)] == [f"{role}.id"]
    assert hits.parcels.tolist() == [1]


@pytest.mark.parametrize(
    ("listed", "code", "expected"),
    [
        ("93", "930100", True),
        ("9301", "93011000", True),
        ("93011000", "930110", False),
        ("9302", "930100", False),
        ("93", "", False),
    ],
)
def test_match_of_a_heading_finds_codes_below_it(listed: str, code: str, expected: bool) -> None:
    manifest = make_manifest(items=(make_item(), make_item(hs_code=code)))
    assert bool(found(make_entry(subject="hs", value=listed), manifest)) is expected


def test_match_of_headings_at_several_levels_finds_each() -> None:
    entries = [make_entry(subject="hs", value=value) for value in ("61", "6109", "610910", "62")]
    assert {hit.shown for hit in match(entries, make_manifest()).of(0)} == {"61", "6109", "610910"}


def at(street: str, postcode: str, country: str) -> Manifest:
    return make_manifest(
        deliver_to=make_party(id="c-2", street=street, postcode=postcode, country=country)
    )


@pytest.mark.parametrize(
    ("street", "postcode"),
    [
        ("Lange Straße 12a", "10 115"),
        ("LANGE STR. 12 A", "10115"),
        ("12a, Lange Strasse", "10115"),
        ("Lange\u200b Stra\u00dfe 12A", "１０１１５"),
    ],
)
def test_match_of_an_address_in_another_spelling_is_found(street: str, postcode: str) -> None:
    entry = make_entry(subject="address", value="Lange Str. 12a|10115|DE")
    (hit,) = found(entry, at(street, postcode, "DE"))
    assert hit.source == "deliver_to.address"


@pytest.mark.parametrize(
    ("street", "postcode", "country"),
    [
        ("Lange Str. 12b", "10115", "DE"),
        ("Lange Str. 12a", "10116", "DE"),
        ("Lange Str. 12a", "10115", "AT"),
        ("", "10115", "DE"),
    ],
)
def test_match_of_another_address_finds_nothing(street: str, postcode: str, country: str) -> None:
    entry = make_entry(subject="address", value="Lange Str. 12a|10115|DE")
    assert found(entry, at(street, postcode, country)) == ()


@PROPERTY
@given(
    st.lists(st.text("1aB- \uff11\u00e9", max_size=4), min_size=1, max_size=4),
    st.lists(st.tuples(st.text("1aB- \uff11\u00e9", max_size=4), countries), max_size=6),
)
def test_match_of_any_addresses_finds_those_that_compare_equal(
    listed: list[str], asked: list[tuple[str, str]]
) -> None:
    values = [value for code in listed if address_in(value := f"Weg 1|{code}|DE")]
    entries = [make_entry(subject="address", value=value) for value in values]
    hits = match(entries, *(at("Weg 1", *area) for area in asked))
    known = {address_in(value) for value in values}
    expected = [row for row, area in enumerate(asked) if address_of("Weg 1", *area) in known]
    assert sorted(set(hits.parcels.tolist())) == expected


def test_match_of_addresses_in_a_large_batch_finds_each_spelling() -> None:
    entry = make_entry(subject="address", value="Lange Str. 12a|10115|DE")
    plain = [make_party(postcode=f"{number:05}") for number in range(200)]
    spellings = ("10115", "D-10115", "10 115", "\uff11\uff10\uff11\uff11\uff15", "10\u200b115")
    named = [make_party(street="Lange Str. 12a", postcode=postcode) for postcode in spellings]
    manifests = [make_manifest(consignee=party) for party in (*plain, *named, *plain)]
    assert match([entry], *manifests).parcels.tolist() == [200, 202, 203, 204]


def test_match_of_a_heading_of_nine_digits_needs_all_of_them() -> None:
    entry = make_entry(subject="hs", value="610910001")
    codes = ("6109100010", "610910001", "6109100020", "61091000")
    manifests = [make_manifest(items=(make_item(hs_code=code),)) for code in codes]
    assert match([entry], *manifests).parcels.tolist() == [0, 1]


@pytest.mark.parametrize(
    "value", ["", "Lange Str. 1|10115", "|10115|DE", "Lange Str. 1||DE", "|||"]
)
def test_address_with_a_part_missing_is_none(value: str) -> None:
    assert address_in(value) is None
