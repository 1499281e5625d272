"""Manifests, orders and outcomes of a soak, run as a process: `python -m bench.soak.sending`.

Arguments are the rate, how many seconds a simulated day takes, and for how many seconds to send.
Records have the simulated time, so that profiles and orders are forgotten as days go by.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from confluent_kafka import Producer

from schemas.codec import encode
from streams.clock import monotonic, pause, utc_now
from streams.kafka.clients import plain_producer
from streams.settings import Settings, load_settings
from streams.simulation import Clearance, SimulationPlan, Truth
from streams.simulator.platforms import PlatformSimulator

_TICK_SECONDS: Final = 0.01
_DAY_SECONDS: Final = 86_400
_FULL_SECONDS: Final = 0.05
_MILLISECONDS: Final = 1_000


class Sender:
    """Sends what is due by a planned rate, whatever becomes of it."""

    def __init__(self, settings: Settings, rate: float, day: float, days: float) -> None:
        self._topics = settings.topics
        self._rate = rate
        self._producer = plain_producer(settings.kafka)
        start = utc_now() - timedelta(days=days)
        self._parcels = PlatformSimulator(1, start, rate * day / _DAY_SECONDS)
        self.truth = Truth()
        self._sent = 0

    def send_until(self, due_seconds: float) -> None:
        """Send what is due some seconds after the beginning."""
        due = int(due_seconds * self._rate)
        while self._sent < due:
            self._send_next()
        self._producer.poll(0)

    def close(self) -> None:
        """Wait until all is stored."""
        self._producer.flush()

    def _send_next(self) -> None:
        parcel = self._parcels.next()
        manifest, order = parcel.manifest, parcel.order
        self.truth.note(manifest.item_id, parcel.violations)
        moment = int(manifest.submitted_at.timestamp() * _MILLISECONDS)
        if order is not None:
            key = f"{order.platform_id}:{order.order_id}"
            _produce(self._producer, self._topics.orders, key, encode(order), moment)
        key = manifest.consignee.id
        _produce(self._producer, self._topics.manifests, key, encode(manifest), moment)
        self._sent += 1


def _produce(producer: Producer, topic: str, key: str, value: bytes, moment: int) -> None:
    while True:
        try:
            return producer.produce(topic, value, key, timestamp=moment)
        except BufferError:
            producer.poll(_FULL_SECONDS)


def main(arguments: Sequence[str]) -> None:
    """Send, and inspect what is held."""
    rate, day, seconds = map(float, arguments)
    settings = load_settings()
    sender = Sender(settings, rate, day, days=seconds / day)
    clearance = Clearance(settings, SimulationPlan(), sender.truth)
    began = monotonic()
    while (elapsed := monotonic() - began) < seconds:
        sender.send_until(elapsed)
        clearance.step()
        pause(_TICK_SECONDS)
    sender.close()
    clearance.close()


if __name__ == "__main__":
    main(sys.argv[1:])
