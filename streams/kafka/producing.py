"""Producing one record, waiting while the client's queue is full."""

from __future__ import annotations

from typing import Final, NamedTuple

from confluent_kafka import Producer

from schemas.deadletter import Header

_FULL_QUEUE_WAIT_SECONDS: Final = 0.05


class Output(NamedTuple):
    """A record to produce."""

    topic: str
    key: bytes | str | None
    value: bytes | None
    headers: list[Header] | None = None


def send(producer: Producer, output: Output) -> None:
    """Hand `output` to the producer's queue; raise `KafkaException` if it refuses."""
    while True:
        try:
            if output.headers:
                producer.produce(output.topic, output.value, output.key, headers=output.headers)
            else:
                producer.produce(output.topic, output.value, output.key)
        except BufferError:
            producer.poll(_FULL_QUEUE_WAIT_SECONDS)
        else:
            return
