"""Records for a bench, put on a topic as fast as they go."""

from __future__ import annotations

from collections.abc import Sequence

from streams.kafka.clients import plain_producer
from streams.settings import Settings


def publish(settings: Settings, topic: str, values: Sequence[bytes]) -> None:
    """Publish values, keyed by their number, and wait until all are acknowledged."""
    producer = plain_producer(settings.kafka)
    for number, value in enumerate(values):
        producer.produce(topic, value, str(number))
        producer.poll(0)
    producer.flush()
