"""What the Kafka client library says of itself, as metrics.

Source: librdkafka, STATISTICS.md. Of its many figures only those are read that tell where records
wait: at the broker, in the library, or with us.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from streams import metrics

INTERVAL_MS: Final = 10_000

_MICROSECONDS: Final = 1e6


class _Window(msgspec.Struct):
    p50: int = 0
    p99: int = 0


class _TopicPartition(msgspec.Struct):
    fetchq_cnt: int = 0
    fetchq_size: int = 0


class _Topic(msgspec.Struct):
    partitions: dict[str, _TopicPartition] = {}


class _Broker(msgspec.Struct):
    nodeid: int = -1
    rtt: _Window = msgspec.field(default_factory=_Window)
    waitresp_cnt: int = 0
    txerrs: int = 0
    txretries: int = 0
    req_timeouts: int = 0


class _Statistics(msgspec.Struct):
    msg_cnt: int = 0
    msg_size: int = 0
    brokers: dict[str, _Broker] = {}
    topics: dict[str, _Topic] = {}


_decode: Final = msgspec.json.Decoder(_Statistics).decode


class ClientStatistics:
    """Puts one client's figures into the metrics, each time it tells them."""

    def __init__(self, client: str) -> None:
        """`client` is "consumer" or "producer"."""
        self._client = client
        self._troubles = 0

    def take(self, told: str | bytes) -> None:
        """Take in what the library tells, a JSON document."""
        statistics = _decode(told)
        brokers = [one for one in statistics.brokers.values() if one.nodeid >= 0]
        for quantile, value in (
            ("0.5", max((one.rtt.p50 for one in brokers), default=0)),
            ("0.99", max((one.rtt.p99 for one in brokers), default=0)),
        ):
            metrics.KAFKA_ROUND_TRIP.labels(self._client, quantile).set(value / _MICROSECONDS)
        metrics.KAFKA_IN_FLIGHT.labels(self._client).set(sum(one.waitresp_cnt for one in brokers))
        self._queued(statistics)
        troubles = sum(one.txerrs + one.txretries + one.req_timeouts for one in brokers)
        metrics.KAFKA_TROUBLES.labels(self._client).inc(max(troubles - self._troubles, 0))
        self._troubles = troubles

    def _queued(self, statistics: _Statistics) -> None:
        fetched = [
            part for topic in statistics.topics.values() for part in topic.partitions.values()
        ]
        records = statistics.msg_cnt + sum(one.fetchq_cnt for one in fetched)
        size = statistics.msg_size + sum(one.fetchq_size for one in fetched)
        metrics.KAFKA_QUEUED.labels(self._client).set(records)
        metrics.KAFKA_QUEUED_BYTES.labels(self._client).set(size)


def reporting(client: str) -> dict[str, Any]:
    """Return the properties that make a client tell its figures.

    >>> sorted(reporting("consumer"))
    ['statistics.interval.ms', 'stats_cb']
    """
    take: Callable[[str], None] = ClientStatistics(client).take
    return {"statistics.interval.ms": INTERVAL_MS, "stats_cb": take}
