"""Kafka clients with the properties that exactly-once screening relies on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from streams.kafka.connections import ConnectionLog
from streams.kafka.statistics import reporting
from streams.logs import LOG
from streams.settings import KafkaSettings

MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
"""Largest manifest record that a broker takes; one above the contract's bound is rejected."""

MAX_REJECT_BYTES: Final = MAX_MESSAGE_BYTES + 64 * 1024
"""A rejected record is passed on byte for byte, with the headers that say why."""

RETRY_BACKOFF_MS: Final = 10
"""Apache Kafka refuses a transaction while it still writes the markers of the one before. That
takes a few milliseconds; the client's default is to ask again after 100, and longer each time."""

_DELIVERY_TIMEOUT_MS: Final = 30_000
"""A person waits for the answer; the default is five minutes."""

MAX_POLL_INTERVAL_MS: Final = 300_000  # the worst batch must stay below; Kafka's default


def consumer_config(kafka: KafkaSettings, group: str) -> dict[str, Any]:
    """Return the properties of a consumer whose offsets are committed by a transaction."""
    return {
        **_common(kafka),
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        # Topic by topic: else one worker can get all manifests and another all orders.
        "partition.assignment.strategy": "range",
        "session.timeout.ms": kafka.session_timeout_ms,
        "heartbeat.interval.ms": kafka.heartbeat_interval_ms,
        "max.poll.interval.ms": max(MAX_POLL_INTERVAL_MS, kafka.session_timeout_ms),
        "fetch.wait.max.ms": kafka.fetch_wait_max_ms,
        # What is fetched early is memory. A broker sends one partition after the other, and after a
        # full queue the client begins with the same one again: unless there is room for all, no
        # orders are read while there are manifests. The client would allow as much as is queued.
        "fetch.message.max.bytes": 1024 * 1024,
        "fetch.max.bytes": 50 * 1024 * 1024,
        "queued.max.messages.kbytes": 1024,
        # When so much is there; the default of a second leaves a fast worker without records.
        "fetch.queue.backoff.ms": 20,
        **kafka.client,
    }


def transactional_consumer(
    kafka: KafkaSettings, group: str, more: Mapping[str, Any] | None = None
) -> Consumer:
    """Return a consumer for use with `streams.kafka.exactly_once`; `more` are properties."""
    return Consumer({**reporting("consumer"), **consumer_config(kafka, group), **(more or {})})


def reading_consumer(kafka: KafkaSettings, group: str = "greenlane-reader") -> Consumer:
    """Return a consumer that is assigned its partitions by hand and commits nothing."""
    return Consumer(consumer_config(kafka, group))


def transactional_producer(
    kafka: KafkaSettings, transactional_id: str, connections: ConnectionLog
) -> Producer:
    """Return a producer for one transactional id, not yet initialised, and heard by a log."""
    properties = {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": kafka.transaction_timeout_ms,
        "retry.backoff.ms": RETRY_BACKOFF_MS,
        # By default all brokers are forgotten as soon as none is connected, and offsets that wait
        # for their coordinator wait for ever. The next producer asks for brokers anew anyway.
        "metadata.recovery.strategy": "none",
        **kafka.client,
        **connections.properties(kafka.client),
    }
    return Producer({**reporting("producer"), **_producing(kafka), **properties})


def plain_producer(kafka: KafkaSettings) -> Producer:
    """Return an idempotent producer, for platforms, clearance systems and tools."""
    delivery = {"enable.idempotence": True, "delivery.timeout.ms": _DELIVERY_TIMEOUT_MS}
    return Producer({**_producing(kafka), **delivery, **kafka.client})


def admin_client(kafka: KafkaSettings) -> AdminClient:
    """Return an administration client."""
    return AdminClient(admin_properties(kafka))


def admin_properties(kafka: KafkaSettings) -> dict[str, Any]:
    """Return the properties of an administration client."""
    return {**_common(kafka), **kafka.client}


def _common(kafka: KafkaSettings) -> dict[str, Any]:
    return {
        "bootstrap.servers": kafka.bootstrap_servers,
        "log.connection.close": False,
        "logger": LOG,
    }


def _producing(kafka: KafkaSettings) -> dict[str, Any]:
    return {
        **_common(kafka),
        "message.max.bytes": MAX_REJECT_BYTES,
        "queue.buffering.max.messages": 500_000,
        "linger.ms": 5,
        "compression.type": "lz4",
    }
