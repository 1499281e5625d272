"""Orders scanned into columns are those that the codec decodes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import RecordError, decode_order, encode
from schemas.order import EXAMPLE, PlatformOrder
from scorers.features.texts import text_at
from scorers.scanning import plain
from scorers.scanning.orders import OrderColumns, read_orders
from tests.factories import PROPERTY

FIELDS = ("platform_id", "order_id", "seller_id", "currency", "listing_title")

orders = st.builds(
    PlatformOrder,
    schema_version=st.just(1),
    platform_id=st.text(min_size=1, max_size=9),
    order_id=st.text(min_size=1, max_size=9),
    ordered_at=st.just(datetime(2026, 11, 1, tzinfo=UTC)),
    seller_id=st.text(min_size=1, max_size=9),
    price_paid=st.floats(0, 1e15),
    currency=st.text(min_size=3, max_size=3),
    listing_title=st.text(max_size=256),
    quantity=st.integers(1, 9),
    buyer_id=st.text(max_size=9),
)


def rows_of(columns: OrderColumns) -> list[tuple[object, ...]]:
    """Return the orders of columns, field by field."""
    prices = columns.price_paid.tolist()
    texts = [[text_at(getattr(columns, name), at) for at in range(len(prices))] for name in FIELDS]
    return list(zip(prices, *texts, strict=True))


def assert_as_decoded(raws: Sequence[bytes | None]) -> None:
    expected, errors = [], {}
    for place, raw in enumerate(raws):
        try:
            order = decode_order(raw)
        except RecordError as error:
            errors[place] = str(error)
        else:
            expected.append((order.price_paid, *(getattr(order, name) for name in FIELDS)))
    reading = read_orders(raws)
    assert rows_of(reading.orders) == expected
    assert {place: str(error) for place, error in reading.errors.items()} == errors


@given(st.lists(orders, max_size=5), st.booleans())
@PROPERTY
def test_read_any_orders_gives_the_fields_of_the_records(
    drawn: list[PlatformOrder], escaped: bool
) -> None:
    raws = [encode(one) for one in drawn]
    assert_as_decoded([json.dumps(json.loads(raw)).encode() for raw in raws] if escaped else raws)


ODD = [
    b"{}",
    b"",
    None,
    EXAMPLE.replace(b"18.9", b"-1"),
    EXAMPLE.replace(b"18.9", b"1e2"),
    EXAMPLE.replace(b'"EUR"', b'"EURO"'),
    EXAMPLE.replace(b'"order-1"', b'""'),
    EXAMPLE.replace(b'"quantity": 2', b'"quantity": 0'),
    EXAMPLE.replace(b'"quantity": 2', b'"quantity": 2, "unknown": [1]'),
    EXAMPLE.replace(b'_version": 1', b'_version": 2'),
    b"\0\0\0\0\7" + EXAMPLE,
]


@pytest.mark.parametrize("has_scanner", [True, False])
def test_read_odd_orders_among_others_gives_what_the_codec_gives(
    has_scanner: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_scanner:
        monkeypatch.setattr(plain, "scanner", None)
    assert_as_decoded([EXAMPLE, *ODD, EXAMPLE])


def test_some_orders_are_those_of_the_rows() -> None:
    made = [msgspec.structs.replace(decode_order(EXAMPLE), order_id=f"o-{at}") for at in range(5)]
    found = read_orders([encode(one) for one in made]).orders.some(np.array([1, 4]))
    assert [text_at(found.order_id, at) for at in range(2)] == ["o-1", "o-4"]
