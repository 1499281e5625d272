"""What profiles and orders say of a parcel: for each sign one that has it and one that just not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from scorers import profiled
from scorers.features.tables import ManifestTable
from scorers.profiled import COLUMNS, NUMBERS, SIGNALS
from tests.factories import MANIFEST, PROPERTY, START, make_item, make_manifest, make_party
from tests.unit.scorers.pasts import make_order, seen_by


def worth(value: float, after: timedelta = timedelta(0), **changes: Any) -> Manifest:
    """Return a parcel of one piece with this value, submitted so long after the start."""
    item = make_item(value=value, quantity=1)
    return make_manifest(total_value=value, items=(item,), submitted_at=START + after, **changes)


def named(name: str) -> dict[str, Any]:
    return {"consignee": make_party(id=f"c-{name}", name=name)}


def times(manifest: Manifest, count: int) -> list[Manifest]:
    return [manifest] * count


STRANGERS = [make_manifest(**named(f"Name {number}")) for number in range(9)]
HANDED = {"deliver_to": make_party(id="c-9", name="Somebody")}
HOURS_3, DAY_3 = timedelta(hours=3), timedelta(days=3)
ODD_IOSS = [
    make_manifest(
        consignor=make_party(id=f"shipper-{number}"), submitted_at=START + timedelta(hours=number)
    )
    for number in range(30)
]


class Case(NamedTuple):
    """Parcels of which the last one is meant, and orders."""

    parcels: Sequence[Manifest]
    orders: Sequence[PlatformOrder] = ()

    @property
    def table(self) -> ManifestTable:
        return seen_by(self.parcels, self.orders)


CASES: dict[str, tuple[list[Case], list[Case]]] = {
    "splitting": (
        [
            Case([worth(80.0), worth(80.0, HOURS_3)]),
            Case([worth(80.0), worth(80.0, HOURS_3, **named("Relative"))]),
        ],
        [
            Case([worth(160.0)]),
            Case([worth(80.0), worth(60.0, HOURS_3)]),
            Case([worth(80.0), worth(160.0, HOURS_3)]),
            Case([worth(80.0), worth(80.0, DAY_3)]),
            Case([*STRANGERS, worth(80.0), worth(80.0, HOURS_3, **named("Stranger"))]),
        ],
    ),
    "drop_address": ([Case([*STRANGERS, MANIFEST])], [Case([*STRANGERS[:5], MANIFEST])]),
    "handed_over": (
        [Case([*STRANGERS[:3], make_manifest(**HANDED)])],
        [Case(STRANGERS[:4]), Case([make_manifest(**HANDED)])],
    ),
    "paid_more": (
        [Case([worth(40.0)], [make_order(price_paid=100.0)])],
        [
            Case([worth(60.0)], [make_order(price_paid=100.0)]),
            Case([worth(40.0)], [make_order(price_paid=100.0, currency="USD")]),
            Case([worth(40.0)]),
            Case([worth(60.0), worth(40.0, HOURS_3)], [make_order(price_paid=100.0)]),
        ],
    ),
    "value_fell": (
        [Case([*times(worth(60.0), 5), worth(12.0)])],
        [Case([*times(worth(60.0), 5), worth(40.0)]), Case([worth(60.0), worth(12.0)])],
    ),
    "ioss_shared": (
        [Case(ODD_IOSS)],
        [Case(ODD_IOSS[:20]), Case([*times(ODD_IOSS[0], 99), *ODD_IOSS]), Case(ODD_IOSS[:1] * 30)],
    ),
    "order_unknown": (
        [Case([MANIFEST])],
        [Case([MANIFEST], [make_order()]), Case([make_manifest(order_id="")])],
    ),
    "order_by_another": (
        [Case([MANIFEST], [make_order(seller_id="somebody")])],
        [Case([MANIFEST], [make_order()]), Case([MANIFEST])],
    ),
}

present = [(name, case) for name, (cases, _) in CASES.items() for case in cases]
absent = [(name, case) for name, (_, cases) in CASES.items() for case in cases]


def test_list_the_cases_gives_every_signal() -> None:
    assert set(CASES) == set(SIGNALS)


@pytest.mark.parametrize(("signal", "case"), present)
def test_signal_of_a_past_that_is_odd_is_present(signal: str, case: Case) -> None:
    assert SIGNALS[signal](case.table)[-1]


@pytest.mark.parametrize(("signal", "case"), absent)
def test_signal_of_a_past_that_is_just_not_odd_is_absent(signal: str, case: Case) -> None:
    assert not SIGNALS[signal](case.table)[-1]


@pytest.mark.parametrize("signal", SIGNALS)
def test_signal_without_profiles_is_absent(signal: str) -> None:
    assert SIGNALS[signal](ManifestTable([MANIFEST, MANIFEST])).tolist() == [False, False]


@pytest.mark.parametrize("name", NUMBERS)
def test_column_without_profiles_is_not_known(name: str) -> None:
    assert np.isnan(ManifestTable([MANIFEST, MANIFEST]).numbers(f"profiles.{name}")).all()


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        ("consignee_of_limit", Case([worth(30.0), worth(45.0)]), 0.5),
        ("consignee_of_limit", Case([worth(45.0)]), 0.3),
        ("consignee_day_of_limit", Case([worth(30.0), worth(45.0, DAY_3)]), 0.30996),
        ("address_of_limit", Case([worth(30.0), worth(45.0, **named("Relative"))]), 0.5),
        ("siblings", Case([MANIFEST]), 0),
        ("siblings", Case(times(MANIFEST, 3)), 2),
        ("siblings", Case([worth(1.0), worth(1.0, DAY_3)]), 0),
        ("siblings_of_limit", Case([MANIFEST]), math.nan),
        ("siblings_of_limit", Case([worth(90.0), worth(75.0)]), 1.1),
        ("paid_share", Case([worth(40.0)], [make_order(price_paid=100.0)]), 0.4),
        ("paid_share", Case([worth(40.0)], [make_order(price_paid=0.0)]), math.nan),
        ("paid_share_of_day", Case(times(worth(40.0), 2), [make_order(price_paid=100.0)]), 0.8),
        ("title_share", Case([MANIFEST], [make_order(listing_title="blue cotton")]), 0.5),
        ("title_share", Case([MANIFEST]), math.nan),
        ("seller_unit_times", Case([*times(worth(50.0), 4), worth(10.0)]), 0.20016),
        ("lane_unit_times", Case([*times(worth(50.0), 4), worth(100.0)]), 1.9998),
        ("lane_value_times", Case([*times(worth(50.0), 4), worth(25.0)]), 0.50004),
        ("lane_value_times", Case([worth(50.0), worth(25.0)]), math.nan),
        ("lane_value_z", Case([*times(worth(50.0), 4), worth(25.0)]), -2.7723),
        ("lane_burst", Case(times(MANIFEST, 10)), 10 / 1.3),
    ],
)
def test_column_of_a_past_is_as_worked_out_by_hand(name: str, case: Case, expected: float) -> None:
    assert case.table.numbers(f"profiles.{name}")[-1] == pytest.approx(
        expected, rel=2e-4, nan_ok=True
    )


@PROPERTY
@given(st.lists(st.floats(0.0, 1e12), min_size=1, max_size=8))
def test_columns_of_any_values_are_numbers_or_not_known(values: list[float]) -> None:
    table = seen_by([worth(value) for value in values], [make_order()])
    for name in COLUMNS:
        assert not np.isinf(table.numbers(f"profiles.{name}")).any(), name


def test_former_parcel_of_a_spec_is_a_text_for_each_kind() -> None:
    table = seen_by([MANIFEST, msgspec.structs.replace(MANIFEST, item_id="X")])
    for name in profiled.FORMERS:
        assert table.some(f"profiles.{name}", np.array([0, 1])) == ["", "parcels.manifests:0:0"]
