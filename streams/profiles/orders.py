"""Order records as the profile store takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas.codec import RecordError, decode_order
from schemas.order import PlatformOrder
from scorers.profiles import Identities, OrderUnit
from streams.kafka.records import coordinates, logged_at
from streams.profiles.cutting import Piece


class TakenOrder(NamedTuple):
    """An order and the record that it came in."""

    message: Message
    order: PlatformOrder

    def within(self, piece: Piece) -> bool:
        """Whether the record is one of a piece of a partition."""
        source, start, end = piece
        topic, partition, offset = coordinates(self.message)
        return (topic, partition) == (source.topic, source.partition) and start <= offset < end


class Unreadable(NamedTuple):
    """A record that is no order, and why."""

    message: Message
    error: RecordError


def read_orders(messages: Sequence[Message]) -> tuple[list[TakenOrder], list[Unreadable]]:
    """Return the orders among some records, and the records that are none."""
    taken: list[TakenOrder] = []
    others: list[Unreadable] = []
    for message in messages:
        try:
            taken.append(TakenOrder(message, decode_order(message.value())))
        except RecordError as error:
            others.append(Unreadable(message, error))
    return taken, others


def order_unit(
    identities: Identities, piece: Piece, taken: Sequence[TakenOrder], committed: int | None = None
) -> OrderUnit:
    """Return what the store is told of the orders of a piece of a partition."""
    source, start, end = piece
    orders = [one.order for one in taken]
    platforms = [order.platform_id for order in orders]
    return OrderUnit(
        source=source,
        start=start,
        next=end,
        offsets=np.array([coordinates(one.message)[2] for one in taken], dtype=np.int64),
        logged=logged_at([one.message for one in taken]),
        ids=identities.orders(platforms, [order.order_id for order in orders]),
        sellers=identities.sellers(platforms, [order.seller_id for order in orders]),
        prices=np.array([order.price_paid for order in orders], dtype=np.float64),
        currencies=[order.currency for order in orders],
        titles=[order.listing_title for order in orders],
        committed=committed,
    )
