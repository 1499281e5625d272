"""Platform orders on their way into the store, and alerts for those that came too late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas import alert
from schemas.alert import Alert
from schemas.codec import encode
from scorers.profiles import EarlyParcel, Identities, ProfileStore, Source
from streams import metrics
from streams.kafka.batch import Span
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.profiles.cutting import CatchUp, Piece, UnitCutter
from streams.profiles.orders import TakenOrders, order_unit, read_orders
from streams.rejects import reject
from streams.settings import TopicSettings

_LATE: Final = "the order came after its parcel's manifest, which was decided without it"


class _LateOrder(NamedTuple):
    """An order's row in its batch, and the parcel that came before it."""

    row: int
    parcel: EarlyParcel


Tolerate = Callable[[str, Callable[[], list[_LateOrder]]], list[_LateOrder] | None]
"""Calls a function that needs the store, for what; None if decisions have to do without it."""


class OrderIntake:
    """Stores the orders of a batch."""

    def __init__(
        self,
        store: ProfileStore,
        identities: Identities,
        topics: TopicSettings,
        catch_up: CatchUp,
    ) -> None:
        self._store = store
        self._identities = identities
        self._topics = topics
        self._cutter = UnitCutter(store, catch_up)
        self._counted: dict[Source, int] = {}

    def take(
        self, messages: Sequence[Message], spans: Mapping[Source, Span], tolerate: Tolerate
    ) -> list[Output]:
        """Store orders; return rejects of what is none, and alerts for those that came too late.

        Orders that came while the store was away are stored when it is back, without alerts.
        Raises `IncompleteBatchError` and `ProfileError` as a visit of manifests does.
        """
        self._cutter.note(spans)
        taken, others = read_orders(messages)
        rejects = [reject(message, error, self._topics.rejected) for message, error in others]
        late = tolerate("orders", lambda: self._store_all(taken, spans)) or []
        self._count(taken, late)
        return rejects + [self._alert(taken, one) for one in late]

    def _count(self, taken: TakenOrders, late: Sequence[_LateOrder]) -> None:
        """Count orders in the metrics, but for those of a batch that came before."""
        sources, offsets = taken.reading.sources, taken.reading.offsets
        counted = np.array([self._counted.get(source, -1) for source in sources], dtype=np.int64)
        new = offsets > counted
        metrics.ORDERS.inc(int(new.sum()))
        metrics.LATE_ORDERS.inc(sum(bool(new[one.row]) for one in late))
        self._counted.update(zip(sources, offsets.tolist(), strict=True))

    def _store_all(self, taken: TakenOrders, spans: Mapping[Source, Span]) -> list[_LateOrder]:
        def send(pieces: list[Piece]) -> list[_LateOrder]:
            chosen = [taken.reading.rows(piece) for piece in pieces]
            units = [
                order_unit(self._identities, piece, taken, rows, spans[piece[0]].committed)
                for piece, rows in zip(pieces, chosen, strict=True)
            ]
            early = zip(chosen, self._store.put_orders(units), strict=True)
            return _once(
                taken, (_LateOrder(int(of[one.row]), one) for of, found in early for one in found)
            )

        return self._cutter.cut(spans, send)

    def _alert(self, taken: TakenOrders, late: _LateOrder) -> Output:
        message, order = taken.messages[late.row], taken.orders[late.row]
        topic, partition, offset = coordinates(message)
        record = Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=f"{topic}:{partition}:{offset}",
            kind="order-after-manifest",
            about=late.parcel.item_id,
            raised_at=datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC),
            text=_LATE,
            details={"platform_id": order.platform_id, "order_id": order.order_id},
        )
        return Output(self._topics.alerts, late.parcel.item_id, encode(record))


def _once(taken: TakenOrders, late: Iterable[_LateOrder]) -> list[_LateOrder]:
    """Return each order once, also one that comes twice."""
    firsts: dict[tuple[str, str], _LateOrder] = {}
    for one in late:
        order = taken.orders[one.row]
        firsts.setdefault((order.platform_id, order.order_id), one)
    return list(firsts.values())
