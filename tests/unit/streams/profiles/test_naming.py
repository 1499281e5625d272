"""Names on the command line lead to the entities that manifests name."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from scorers.features.tables import ManifestTable
from scorers.profiles import KINDS, Identities
from streams.profiles.naming import FORMS, EntityNameError, key_of
from streams.profiles.reading import Reading
from streams.profiles.visiting import parcels_of
from tests.factories import make_item, make_manifest, make_party
from tests.unit.streams.profiles.fakes import SOURCE

IDENTITIES = Identities(b"a secret for tests")
PARCEL = make_manifest(
    submitted_at=datetime(2026, 11, 1, tzinfo=UTC),
    platform_id="platform-a",
    seller_id="seller-1",
    ioss="IM2760000742",
    consignor=make_party(id="shipper-1"),
    consignee=make_party(id="c-1", country="DE", postcode="10115", street="Hauptstraße 1"),
    items=(make_item(hs_code="61091000", origin="CN"),),
)


def keys_of_parcel() -> dict[str, int]:
    """Return the keys under which a worker keeps the parcel's entities."""
    offsets = np.zeros(1, dtype=np.int64)
    parcels = parcels_of(
        IDENTITIES, ManifestTable([PARCEL]), Reading.of_partition(SOURCE, offsets, offsets)
    )
    return dict(zip(KINDS, parcels.ids[:, 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("consignee", "c-1"),
        ("shipper", "shipper-1"),
        ("seller", "platform-a|seller-1"),
        ("address", "DE|10115|HAUPTSTR. 1"),
        ("ioss", "IM2760000742"),
        ("lane", "610910 CN"),
        ("lane", "61091000 CN"),
    ],
)
def test_key_of_a_name_is_that_of_the_manifests(kind: str, name: str) -> None:
    assert key_of(IDENTITIES, kind, name) == keys_of_parcel()[kind]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("consignee", ""),
        ("seller", "seller-1"),
        ("seller", "platform-a|"),
        ("address", "Hauptstr. 1"),
        ("address", "DE|10115|"),
        ("address", "|10115|Hauptstr. 1"),
        ("lane", ""),
        ("lane", "CN 610910"),
        ("lane", "610910 CN DE"),
    ],
)
def test_key_of_a_name_in_another_form_says_which_is_expected(kind: str, name: str) -> None:
    with pytest.raises(EntityNameError) as refused:
        key_of(IDENTITIES, kind, name)
    assert str(refused.value) == f"{kind}: expected {FORMS[kind]}; got {name!r}"


def test_key_of_unknown_kind_names_the_kinds() -> None:
    with pytest.raises(EntityNameError, match="expected one of consignee, shipper"):
        key_of(IDENTITIES, "buyer", "x")


def test_forms_are_given_for_all_kinds() -> None:
    assert tuple(FORMS) == KINDS
