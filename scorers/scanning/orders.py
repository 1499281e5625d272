"""Orders of a batch of records as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from schemas.codec import RecordError, decode_order
from schemas.order import PlatformOrder
from scorers.features.batch import Floats, Integers
from scorers.features.texts import Texts, texts_of
from scorers.scanning.layouts import ORDER
from scorers.scanning.plain import read_plain

_TEXTS: Final = ("platform_id", "order_id", "seller_id", "currency", "listing_title")
_PRICE: Final = "price_paid"


class OrderColumns(NamedTuple):
    """The fields of orders that parcels are held against."""

    price_paid: Floats
    platform_id: Texts
    order_id: Texts
    seller_id: Texts
    currency: Texts
    listing_title: Texts

    def some(self, rows: Integers) -> OrderColumns:
        """Return some of the orders."""
        prices, *texts = self
        return OrderColumns(prices[rows], *(column.part(rows) for column in texts))


class OrderReading(NamedTuple):
    """The records that are orders, and what is wrong with each of the others, by its place."""

    orders: OrderColumns
    errors: dict[int, RecordError]


def read_orders(raws: Sequence[bytes | None]) -> OrderReading:
    """Return the orders of a batch of records.

    >>> from schemas.order import EXAMPLE
    >>> reading = read_orders([EXAMPLE, b"{}"])
    >>> reading.orders.price_paid, list(reading.errors)
    (array([18.9]), [1])
    """
    if not raws:
        return OrderReading(_NONE, {})
    found, errors = read_plain(raws, ORDER, decode_order)
    if isinstance(found, list):
        return OrderReading(columns_of(found), errors)
    columns = OrderColumns(found.numbers(_PRICE), *map(found.texts, _TEXTS))
    return OrderReading(columns, errors)


def columns_of(orders: Sequence[PlatformOrder]) -> OrderColumns:
    """Return the columns of orders that are Python objects."""

    def texts(name: str) -> Texts:
        read: Callable[[PlatformOrder], str] = attrgetter(name)
        return texts_of([read(one) for one in orders])

    prices = np.array([one.price_paid for one in orders], dtype=np.float64)
    return OrderColumns(prices, *map(texts, _TEXTS))


_NONE: Final = columns_of([])
