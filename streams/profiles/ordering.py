"""Platform orders on their way into the store, and alerts for those that came too late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

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
from streams.profiles.orders import TakenOrder, order_unit, read_orders
from streams.rejects import reject
from streams.settings import TopicSettings

_LATE: Final = "the order came after its parcel's manifest, which was decided without it"

Tolerate = Callable[[str, Callable[[], list[Output]]], list[Output] | None]
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
        alerts = tolerate("orders", lambda: self._store_all(taken, spans)) or []
        metrics.ORDERS.inc(len(taken))
        metrics.LATE_ORDERS.inc(len(alerts))
        return rejects + alerts

    def _store_all(self, taken: Sequence[TakenOrder], spans: Mapping[Source, Span]) -> list[Output]:
        def send(pieces: list[Piece]) -> list[Output]:
            chosen = [[one for one in taken if one.within(piece)] for piece in pieces]
            units = [
                order_unit(self._identities, piece, orders, spans[piece[0]].start)
                for piece, orders in zip(pieces, chosen, strict=True)
            ]
            early = zip(chosen, self._store.put_orders(units), strict=True)
            return self._alerts((of[one.row], one) for of, found in early for one in found)

        return self._cutter.cut(spans, send)

    def _alerts(self, early: Iterable[tuple[TakenOrder, EarlyParcel]]) -> list[Output]:
        """Return an alert for each order, also for one that comes twice."""
        firsts: dict[tuple[str, str], Output] = {}
        for taken, parcel in early:
            order = (taken.order.platform_id, taken.order.order_id)
            if order not in firsts:
                firsts[order] = self._alert(taken, parcel)
        return list(firsts.values())

    def _alert(self, taken: TakenOrder, parcel: EarlyParcel) -> Output:
        topic, partition, offset = coordinates(taken.message)
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
