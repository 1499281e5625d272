"""The few things that every test does with a broker or a process."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded import BrokerServer
from streams.processes import LOOPBACK, free_port

PATIENCE_SECONDS: Final = 20.0


def create_topic(broker: BrokerServer, topic: str, partitions: int = 1) -> None:
    """Create a topic and return when the broker has it."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([NewTopic(topic, partitions)])[topic].result(PATIENCE_SECONDS)


def produce(broker: BrokerServer, topic: str, value: bytes) -> None:
    """Produce one record and return when it is acknowledged."""
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    producer.produce(topic, value)
    if producer.flush(PATIENCE_SECONDS):
        raise TimeoutError(f"{broker.name} did not acknowledge a record of {topic}")


def first_record(broker: BrokerServer, topic: str) -> bytes | None:
    """Return the value of the first record in partition 0, or None when none comes."""
    settings = {"bootstrap.servers": broker.bootstrap_servers, "group.id": "first-record"}
    with closing(Consumer(settings)) as consumer:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        records = consumer.consume(1, PATIENCE_SECONDS)
    return records[0].value() if records else None


@contextmanager
def watched(process_id: int) -> Iterator[Callable[[], bool]]:
    """Yield a function that waits for the process to end, whoever its parent is by then."""
    descriptor = os.pidfd_open(process_id)
    try:
        yield lambda: bool(select.select([descriptor], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(descriptor)


@contextmanager
def taken_port() -> Iterator[int]:
    """Yield a loopback port that something listens on."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, free_port()))
        listener.listen()
        yield listener.getsockname()[1]
