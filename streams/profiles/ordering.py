"""Platform orders of a batch: rejects of what is none, alerts for those that came too late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np
from confluent_kafka import Message

from schemas import alert
from schemas.alert import Alert
from scorers.features.texts import text_at
from scorers.lottery import Coordinates
from scorers.profiles import EarlyParcel, Source
from streams import metrics
from streams.announcing import alert_output
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.profiles.orders import TakenOrders, read_orders
from streams.rejects import reject
from streams.settings import TopicSettings

_LATE: Final = "the order came after its parcel's manifest, which was decided without it"


class LateOrder(NamedTuple):
    """An order's row in its batch, and the parcel that came before it."""

    row: int
    parcel: EarlyParcel


class OrderIntake:
    """Reads the orders of batches, and tells what comes of them."""

    def __init__(self, topics: TopicSettings) -> None:
        self._topics = topics
        self._counted: dict[Source, int] = {}

    def read(
        self, messages: Sequence[Message], places: Sequence[Coordinates]
    ) -> tuple[TakenOrders, list[Output]]:
        """Return the orders among some records, and rejects of what is none."""
        taken, others = read_orders(messages, places)
        return taken, [reject(message, error, self._topics) for message, error in others]

    def alerts(self, taken: TakenOrders, late: Sequence[LateOrder]) -> list[Output]:
        """Return an alert for each order that came too late, one where it came twice.

        All count in the metrics now, but for those of a batch that came before.
        """
        if not len(taken):
            return []
        firsts: dict[tuple[str, str], LateOrder] = {}
        for one in late:
            firsts.setdefault(_named(taken, one.row), one)
        self._count(taken, list(firsts.values()))
        return [self._alert(taken, one) for one in firsts.values()]

    def _count(self, taken: TakenOrders, late: Sequence[LateOrder]) -> None:
        reading = taken.reading
        sources, owners, offsets = reading.sources, reading.owners, reading.offsets
        counted = np.array([self._counted.get(source, -1) for source in sources], dtype=np.int64)
        new = offsets > counted[owners]
        metrics.ORDERS.inc(int(new.sum()))
        metrics.LATE_ORDERS.inc(sum(bool(new[one.row]) for one in late))
        np.maximum.at(counted, owners, offsets)
        self._counted.update(zip(sources, counted.tolist(), strict=True))

    def _alert(self, taken: TakenOrders, late: LateOrder) -> Output:
        message = taken.messages[late.row]
        platform, order = _named(taken, late.row)
        topic, partition, offset = coordinates(message)
        record = Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=f"{topic}:{partition}:{offset}",
            kind="order-after-manifest",
            about=late.parcel.item_id,
            raised_at=datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC),
            text=_LATE,
            details={"platform_id": platform, "order_id": order},
        )
        return alert_output(self._topics, late.parcel.item_id, record)


def _named(taken: TakenOrders, row: int) -> tuple[str, str]:
    """Return the platform and the id of an order."""
    return text_at(taken.columns.platform_id, row), text_at(taken.columns.order_id, row)
