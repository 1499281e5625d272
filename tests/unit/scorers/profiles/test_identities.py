"""Identities are hashed with a key, and different spellings of an address are one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.declared import DeclaredTable
from scorers.profiles import KINDS, Identities, Parcels
from scorers.profiles.configuration import key
from tests.factories import PROPERTY, make_item, make_manifest, make_manifests, make_party
from tests.unit.scorers.profiles.test_siphash import plain_siphash

SECRET = b"a secret for tests"
identities = Identities(SECRET)


def parcels(*manifests: object, secret: bytes = SECRET) -> Parcels:
    """Return the columns of some manifests, in euro."""
    table = DeclaredTable(manifests)  # type: ignore[arg-type]
    count = len(manifests)
    numbers = np.arange(count)
    flags = np.zeros(count, dtype=np.bool_)
    return Identities(secret).parcels(table, numbers, numbers, np.ones(count), flags)


def ids(**changes: object) -> dict[str, int]:
    """Return the hashes of the example with changes, by kind."""
    return dict(zip(KINDS, parcels(make_manifest(**changes)).ids[:, 0].tolist(), strict=True))


def test_hash_of_one_text_differs_between_kinds_scopes_and_secrets() -> None:
    hashes = [
        identities.hashes("consignee", ["x"]),
        identities.hashes("shipper", ["x"]),
        identities.scoped("seller", ["platform-a"], ["x"]),
        identities.scoped("seller", ["platform-b"], ["x"]),
        Identities(b"another secret").hashes("consignee", ["x"]),
    ]
    assert len(np.unique(np.concatenate(hashes))) == len(hashes)


def test_hash_of_an_empty_text_is_0_and_of_a_lone_surrogate_a_number() -> None:
    hashes = identities.hashes("consignee", ["", "\ud800", "a"])
    assert (hashes == 0).tolist() == [True, False, False]


@given(st.lists(st.text(max_size=9), max_size=20))
@PROPERTY
def test_hashes_of_a_column_are_those_of_each_text(texts: list[str]) -> None:
    alone = [int(identities.hashes("address", [text])[0]) for text in texts]
    assert identities.hashes("address", texts).tolist() == alone


def test_keys_of_more_scopes_than_are_remembered_are_the_same() -> None:
    fresh = Identities(SECRET)
    first = fresh.scoped("order", ["platform-a"], ["1"])
    fresh.scoped("order", [f"platform-{number}" for number in range(10_001)], ["1"] * 10_001)
    assert np.array_equal(fresh.scoped("order", ["platform-a"], ["1"]), first)


def test_ids_of_the_example_are_all_there_and_different() -> None:
    assert len(set(ids().values()) - {0}) == len(KINDS)


@pytest.mark.parametrize(
    ("changes", "absent"),
    [
        ({"seller_id": ""}, {"seller"}),
        ({"ioss": ""}, {"ioss"}),
        ({"consignee": make_party(street="")}, {"address"}),
        ({"items": (make_item(hs_code=""),)}, {"lane"}),
        ({"order_id": ""}, set()),
    ],
)
def test_ids_of_what_a_parcel_does_not_name_are_0(
    changes: dict[str, object], absent: set[str]
) -> None:
    assert {kind for kind, hash_ in ids(**changes).items() if hash_ == 0} == absent


def test_lane_is_the_subheading_with_the_origin() -> None:
    lane = ids()["lane"]
    assert ids(items=(make_item(hs_code="6109100010"),))["lane"] == lane
    assert ids(items=(make_item(hs_code="610990"),))["lane"] != lane
    assert ids(items=(make_item(origin="VN"),))["lane"] != lane


@pytest.mark.parametrize(
    "changes",
    [
        {"street": "HAUPTSTR. 1"},
        {"street": "Hauptstraße 1"},
        {"street": "Hauptstrasse 1"},
        {"street": " haupt-str.1"},
        {"city": "BERLIN MITTE"},
        {"name": "Somebody Else", "id": "c-9"},
    ],
)
def test_address_in_another_spelling_is_the_same(changes: dict[str, str]) -> None:
    assert ids(consignee=make_party(**changes))["address"] == ids()["address"]


@pytest.mark.parametrize(
    "changes",
    [
        {"street": "Hauptstr. 11"},
        {"postcode": "10117"},
        {"country": "AT"},
        {"street": "Bahnhofstr. 1"},
    ],
)
def test_address_elsewhere_is_another(changes: dict[str, str]) -> None:
    assert ids(consignee=make_party(**changes))["address"] != ids()["address"]


def test_address_without_a_postcode_has_its_city() -> None:
    there = ids(consignee=make_party(postcode="", city="Berlin"))["address"]
    assert ids(consignee=make_party(postcode="", city="Köln"))["address"] != there


def test_address_is_where_the_parcel_is_delivered() -> None:
    hub = make_party(id="hub", street="Hafenstr. 9")
    assert ids(deliver_to=hub)["address"] == ids(consignee=hub)["address"] != ids()["address"]


def test_address_of_delivery_counts_for_its_own_parcel_only() -> None:
    there, here = make_manifest(deliver_to=make_party(street="Hafenstr. 9")), make_manifest()
    nowhere = make_manifest(deliver_to=make_party(street=""))
    found = parcels(here, there, nowhere, there).ids[KINDS.index("address")].tolist()
    assert found[0] == found[2] != found[1] == found[3]


def test_parcels_of_a_batch_are_those_of_each_manifest() -> None:
    manifests = make_manifests(50, seed=3)
    whole = parcels(*manifests)
    alone = [parcels(manifest) for manifest in manifests]
    assert np.array_equal(whole.ids, np.concatenate([part.ids for part in alone], axis=1))
    assert whole.names.tolist() == [int(part.names[0]) for part in alone]
    assert whole.orders.tolist() == [int(part.orders[0]) for part in alone]


def test_parcels_have_amounts_in_euro_and_seconds() -> None:
    manifest = make_manifest()
    table = DeclaredTable([manifest])
    one, euro = np.zeros(1, dtype=np.int64), np.array([0.5])
    found = identities.parcels(table, one, one, euro, np.array([True]))
    assert (found.value[0], found.unit_value[0], found.weight[0]) == (9.45, 4.725, 0.42)
    assert found.submitted.tolist() == [int(manifest.submitted_at.timestamp())]
    assert found.items.tolist() == [b"RR473124829CN"]


def test_item_ids_that_are_not_ascii_are_kept_as_far_as_they_are() -> None:
    assert parcels(make_manifest(item_id="ÄB1")).items.tolist() == [b"?B1"]


def test_secret_is_not_in_the_configuration_s_text() -> None:
    from scorers.profiles import ProfileConfiguration

    configuration = ProfileConfiguration(SECRET)
    assert SECRET.decode() not in repr(configuration) + configuration.text


@given(st.lists(st.text(max_size=9), max_size=20))
@PROPERTY
def test_hashes_under_later_secrets_are_those_renewed_one_by_one(texts: list[str]) -> None:
    secrets = [b"secret 1 of 3", b"secret 2 of 3", b"secret 3 of 3"]
    made = [Identities(secrets[at], secrets[:at]) for at in range(3)]
    hashes = [one.hashes("seller", texts) for one in made]
    for under, former in enumerate(hashes):
        assert np.array_equal(made[2].renewed(former, under), hashes[2])
    distinct = [len(set(one.tolist())) for one in hashes]
    assert distinct == [len(set(texts))] * 3


def test_hash_under_a_later_secret_keeps_6_bits_and_is_that_of_its_bytes() -> None:
    first, second = Identities(SECRET), Identities(b"another secret", [SECRET])
    (old,), (new,) = (one.hashes("ioss", ["IM1"]).tolist() for one in (first, second))
    again = plain_siphash(key(b"another secret", b"again"), old.to_bytes(8, "little"))
    assert new == (old >> 58 << 58) | (again & ((1 << 58) - 1))


def test_renew_hashes_in_any_order_of_memory_gives_the_same() -> None:
    second = Identities(b"another secret", [SECRET])
    hashes = np.arange(1, 13, dtype=np.uint64).reshape(3, 4)
    renewed = second.renewed(hashes, 0)
    assert np.array_equal(second.renewed(hashes.T, 0).T, renewed)
    assert np.array_equal(second.renewed(hashes[:, ::2], 0), renewed[:, ::2])
