"""Producing one record, waiting while the client's queue is full."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from confluent_kafka import KafkaError, Message, Producer

from schemas.deadletter import Header

_FULL_QUEUE_WAIT_SECONDS: Final = 0.05


class Output(NamedTuple):
    """A record to produce."""

    topic: str
    key: bytes | str | None
    value: bytes | None
    headers: list[Header] | None = None


OnDelivery = Callable[[KafkaError | None, Message], None]


def send(producer: Producer, output: Output, on_delivery: OnDelivery | None = None) -> None:
    """Hand `output` to the producer's queue; raise `KafkaException` if it refuses.

    A callback a record costs a third of the throughput; a transaction needs none.
    """
    options: dict[str, Any] = {"headers": output.headers} if output.headers else {}
    if on_delivery is not None:
        options["on_delivery"] = on_delivery
    while True:
        try:
            producer.produce(output.topic, output.value, output.key, **options)
        except BufferError:
            producer.poll(_FULL_QUEUE_WAIT_SECONDS)
        else:
            return


def send_all(producer: Producer, outputs: Iterable[Output]) -> None:
    """Hand all to the producer's queue, as `send` does with each, in less time."""
    produce = producer.produce
    for output in outputs:
        topic, key, value, headers = output
        try:
            if headers:
                send(producer, output)
            else:
                produce(topic, value, key)
        except BufferError:
            send(producer, output)
