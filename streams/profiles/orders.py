"""Order records as the profile store takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas.codec import RecordError, decode_order, decode_orders
from schemas.order import PlatformOrder
from scorers.features.batch import Integers
from scorers.profiles import Identities, OrderUnit
from streams.profiles.cutting import Piece
from streams.profiles.reading import Reading

_FIELDS: Final = ("platform_id", "order_id", "seller_id", "price_paid", "currency", "listing_title")
_TOLD: Final = attrgetter(*_FIELDS)


@dataclass(frozen=True, eq=False)
class TakenOrders:
    """Orders, the records that they came in, and where those were read; by row of the batch."""

    orders: Sequence[PlatformOrder]
    messages: Sequence[Message]
    reading: Reading

    def __len__(self) -> int:
        return len(self.orders)


class Unreadable(NamedTuple):
    """A record that is no order, and why."""

    message: Message
    error: RecordError


def read_orders(messages: Sequence[Message]) -> tuple[TakenOrders, list[Unreadable]]:
    """Return the orders among some records, and the records that are none."""
    try:
        orders = decode_orders([message.value() for message in messages])
    except RecordError:
        return _read_singly(messages)
    return TakenOrders(orders, messages, Reading.of(messages)), []


def _read_singly(messages: Sequence[Message]) -> tuple[TakenOrders, list[Unreadable]]:
    orders: list[PlatformOrder] = []
    read: list[Message] = []
    others: list[Unreadable] = []
    for message in messages:
        try:
            orders.append(decode_order(message.value()))
        except RecordError as error:
            others.append(Unreadable(message, error))
        else:
            read.append(message)
    return TakenOrders(orders, read, Reading.of(read)), others


def order_unit(
    identities: Identities,
    piece: Piece,
    taken: TakenOrders,
    rows: Integers,
    committed: int | None = None,
) -> OrderUnit:
    """Return what the store is told of some orders, which are a piece of a partition."""
    source, start, end = piece
    told = map(_TOLD, map(taken.orders.__getitem__, rows.tolist()))
    columns: list[Sequence[Any]] = list(zip(*told, strict=True)) or [()] * len(_FIELDS)
    platforms, ids, sellers, prices, currencies, titles = columns
    return OrderUnit(
        source=source,
        start=start,
        next=end,
        offsets=taken.reading.offsets[rows],
        logged=taken.reading.logged[rows],
        ids=identities.orders(platforms, ids),
        sellers=identities.sellers(platforms, sellers),
        prices=np.array(prices, dtype=np.float64),
        currencies=currencies,
        titles=titles,
        committed=committed,
    )
