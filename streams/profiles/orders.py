"""Order records as the profile store takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final, NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas.codec import RecordError
from scorers.features.batch import Integers
from scorers.lottery import Coordinates
from scorers.profiles import Identities, OrderUnit
from scorers.scanning.orders import OrderColumns, columns_of
from scorers.scanning.orders import read_orders as read_columns
from streams.kafka.records import logged_at
from streams.profiles.cutting import Piece
from streams.profiles.reading import Reading


@dataclass(frozen=True, eq=False)
class TakenOrders:
    """Orders, the records that they came in, and where those were read; by row of the batch."""

    columns: OrderColumns
    messages: Sequence[Message]
    reading: Reading

    def __len__(self) -> int:
        return len(self.messages)


_NONE: Final = TakenOrders(columns_of(()), (), Reading.at((), np.empty(0, dtype=np.int64)))


class Unreadable(NamedTuple):
    """A record that is no order, and why."""

    message: Message
    error: RecordError


def read_orders(
    messages: Sequence[Message], places: Sequence[Coordinates]
) -> tuple[TakenOrders, list[Unreadable]]:
    """Return the orders among some records, and the records that are none."""
    if not messages:
        return _NONE, []
    columns, errors = read_columns([message.value() for message in messages])
    others = [Unreadable(messages[place], error) for place, error in errors.items()]
    if errors:
        right = [row not in errors for row in range(len(messages))]
        messages, places = list(compress(messages, right)), list(compress(places, right))
    return TakenOrders(columns, messages, Reading.at(places, logged_at(messages))), others


def order_unit(
    identities: Identities,
    piece: Piece,
    taken: TakenOrders,
    rows: Integers,
    committed: int | None = None,
) -> OrderUnit:
    """Return what the store is told of some orders, which are a piece of a partition."""
    source, start, end = piece
    orders = taken.columns.some(rows)
    return OrderUnit(
        source=source,
        start=start,
        next=end,
        offsets=taken.reading.offsets[rows],
        logged=taken.reading.logged[rows],
        ids=identities.orders(orders.platform_id, orders.order_id),
        sellers=identities.sellers(orders.platform_id, orders.seller_id),
        prices=orders.price_paid,
        currencies=orders.currency,
        titles=orders.listing_title,
        committed=committed,
    )
