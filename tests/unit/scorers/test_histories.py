"""What a batch's parcels saw, put together from its units."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import numpy as np
import pytest

from schemas.manifest import Manifest
from scorers.features.tables import ManifestTable
from scorers.histories import HOUSEHOLD, QUANTITIES, SIBLING, Histories, quantity
from scorers.profiles.layout import KINDS
from tests.factories import MANIFEST, START, make_manifest, make_party
from tests.unit.scorers.pasts import TOPIC, make_order, make_part, seen_by

ALL = np.array([0, 1])


def histories(table: ManifestTable) -> Histories:
    assert table.histories is not None
    return table.histories


def later(manifest: Manifest, minutes: int) -> Manifest:
    return msgspec.structs.replace(manifest, submitted_at=START + timedelta(minutes=minutes))


def test_ask_for_a_quantity_of_a_second_parcel_gives_what_the_first_left() -> None:
    table = seen_by([MANIFEST, MANIFEST])
    for window in ("24h", "7d", "30d"):
        assert quantity(table, "consignee", f"count_{window}").tolist() == [0, 1]
        assert quantity(table, "consignee", f"value_{window}")[1] == pytest.approx(
            MANIFEST.total_value
        )


def test_ask_for_each_quantity_of_each_kind_gives_a_number_a_parcel() -> None:
    table = seen_by([MANIFEST, MANIFEST])
    for name in QUANTITIES:
        for kind in KINDS:
            assert quantity(table, kind, name).shape == (2,), (kind, name)


def test_ask_for_a_quantity_without_profiles_gives_unknown_ones() -> None:
    assert np.isnan(quantity(ManifestTable([MANIFEST]), "lane", "total")).all()


def test_put_two_units_together_keeps_each_parcel_in_its_row() -> None:
    parts = [make_part(ManifestTable([MANIFEST] * count)) for count in (2, 1)]
    rows = [np.array([0, 2]), np.array([1])]
    both = Histories(3, [one._replace(rows=at) for one, at in zip(parts, rows, strict=True)])
    assert both.quantity("consignee", "total").tolist() == [0, 0, 1]
    assert both.former("consignee", np.arange(3)) == ["", "", f"{TOPIC}:0:0"]


def test_ask_for_the_former_parcel_gives_its_decision_id() -> None:
    table = seen_by([MANIFEST, MANIFEST], first=4_000_000)
    assert histories(table).former("address", ALL) == ["", f"{TOPIC}:0:4000000"]


def test_ask_for_the_sibling_gives_the_last_parcel_of_the_household() -> None:
    relative = make_manifest(consignee=make_party(id="c-2", name="Another"))
    table = seen_by([MANIFEST, relative, MANIFEST])
    assert histories(table).former("consignee", np.array([2])) == [f"{TOPIC}:0:0"]
    moved = [later(MANIFEST, 0), later(relative, 5), later(MANIFEST, 9)]
    assert histories(seen_by(moved)).former(SIBLING, np.array([2])) == [f"{TOPIC}:0:1"]


def test_ask_for_the_sibling_at_a_locker_gives_the_consignees_own() -> None:
    strangers = [
        make_manifest(consignee=make_party(id=f"c-{n}", name=f"Name {n}"))
        for n in range(2 * int(HOUSEHOLD))
    ]
    table = seen_by([later(one, minute) for minute, one in enumerate([*strangers, strangers[0]])])
    assert histories(table).former(SIBLING, np.array([len(strangers)])) == [f"{TOPIC}:0:0"]


def test_ask_for_orders_gives_what_the_platform_reported() -> None:
    other = make_manifest(order_id="another")
    table = seen_by([MANIFEST, other], [make_order(price_paid=12.5, listing_title="Blue shirt")])
    assert histories(table).orders.price.tolist() == pytest.approx([12.5, np.nan], nan_ok=True)
    assert histories(table).titles() == ["Blue shirt", ""]


@pytest.mark.parametrize(("seller", "differs"), [("somebody", True), (MANIFEST.seller_id, False)])
def test_compare_sellers_tells_whether_the_order_is_anothers(seller: str, differs: bool) -> None:
    table = seen_by([MANIFEST], [make_order(seller_id=seller)])
    assert histories(table).orders.by_another.tolist() == [differs]


def test_ask_for_entities_gives_the_keys_of_all_kinds() -> None:
    first, second = histories(seen_by([MANIFEST, MANIFEST])).identified([0, 1])
    assert first == second
    assert first.keys() == {"entities"}
    assert len(first["entities"]) == len(KINDS)
    assert all(int(key, 16) > 0 for key in first["entities"])
