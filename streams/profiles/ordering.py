"""Platform orders on their way into the store, and alerts for those that came too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas import alert
from schemas.alert import Alert
from schemas.codec import RecordError, decode_order, encode
from schemas.order import PlatformOrder
from scorers.profiles import EarlyParcel, Identities, OrderUnit, ProfileStore, Source
from streams import metrics
from streams.kafka.batch import Span
from streams.kafka.producing import Output
from streams.kafka.records import coordinates, logged_at
from streams.profiles.cutting import Piece, UnitCutter
from streams.rejects import reject
from streams.settings import TopicSettings

_LATE: Final = "the order came after its parcel's manifest, which was decided without it"


class OrderIntake:
    """Stores the orders of a batch."""

    def __init__(self, store: ProfileStore, identities: Identities, topics: TopicSettings) -> None:
        self._store = store
        self._identities = identities
        self._topics = topics
        self._cutter = UnitCutter(store, self._leave_behind)

    def take(self, messages: Sequence[Message], spans: Mapping[Source, Span]) -> list[Output]:
        """Store orders; return rejects of what is none, and alerts for those that came too late.

        Raises `IncompleteBatchError` and `ProfileError` as a visit of manifests does.
        """
        outputs: list[Output] = []
        taken: list[_Taken] = []
        for message in messages:
            try:
                taken.append(_Taken(message, decode_order(message.value())))
            except RecordError as error:
                outputs.append(reject(message, error, self._topics.rejected))
        metrics.ORDERS.inc(len(taken))

        def send(pieces: list[Piece]) -> list[Output]:
            chosen = [[one for one in taken if one.within(piece)] for piece in pieces]
            units = [
                self._unit(piece, of_piece, spans[piece[0]].start)
                for piece, of_piece in zip(pieces, chosen, strict=True)
            ]
            early = zip(chosen, self._store.put_orders(units), strict=True)
            return [self._alert(of[parcel.row], parcel) for of, found in early for parcel in found]

        return outputs + self._cutter.cut(spans, send)

    def _leave_behind(self, source: Source, cuts: Sequence[int]) -> None:
        """Go on after what the store has lost: an order is worth little once its parcel is gone."""
        self._store.resume(source, cuts[-1], skip=True)

    def _unit(self, piece: Piece, taken: Sequence[_Taken], committed: int) -> OrderUnit:
        source, start, end = piece
        orders = [one.order for one in taken]
        platforms = [order.platform_id for order in orders]
        return OrderUnit(
            source=source,
            start=start,
            next=end,
            offsets=np.array([one.offset for one in taken], dtype=np.int64),
            logged=logged_at([one.message for one in taken]),
            ids=self._identities.orders(platforms, [order.order_id for order in orders]),
            sellers=self._identities.sellers(platforms, [order.seller_id for order in orders]),
            prices=np.array([order.price_paid for order in orders], dtype=np.float64),
            currencies=[order.currency for order in orders],
            titles=[order.listing_title for order in orders],
            committed=committed,
        )

    def _alert(self, taken: _Taken, parcel: EarlyParcel) -> Output:
        topic, partition, offset = coordinates(taken.message)
        metrics.LATE_ORDERS.inc()
        order = taken.order
        record = Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=f"{topic}:{partition}:{offset}",
            kind="order-after-manifest",
            about=parcel.item_id,
            raised_at=datetime.fromtimestamp(taken.message.timestamp()[1] / 1000, UTC),
            text=_LATE,
            details={"platform_id": order.platform_id, "order_id": order.order_id},
        )
        return Output(self._topics.alerts, parcel.item_id, encode(record))


class _Taken(NamedTuple):
    """An order and the record that it came in."""

    message: Message
    order: PlatformOrder

    @property
    def offset(self) -> int:
        return coordinates(self.message)[2]

    def within(self, piece: Piece) -> bool:
        source, start, end = piece
        topic, partition, offset = coordinates(self.message)
        return (topic, partition) == (source.topic, source.partition) and start <= offset < end
