"""Which records of the input are behind us: those before the committed positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from confluent_kafka import Consumer, TopicPartition

from scorers.profiles.units import Source
from streams.kafka.batch import Span

Committed = Callable[[Source], int]
"""Asks the broker for the committed position of a partition; 0 if there is none."""


_CALL_SECONDS: Final = 30.0


class Positions:
    """Committed positions of a group's partitions, as its single member knows them."""

    def __init__(self, committed: Committed) -> None:
        self._ask = committed
        self._known: dict[Source, int] = {}

    def begin(self, spans: Mapping[Source, Span]) -> None:
        """Note where a batch begins: all before is committed."""
        self._known |= {source: span.start for source, span in spans.items()}

    def commit(self, spans: Mapping[Source, Span]) -> None:
        """Note that a batch is committed."""
        self._known |= {source: span.end for source, span in spans.items()}

    def is_committed(self, read_at: str) -> bool:
        """Tell whether the record at `topic:partition:offset` is committed."""
        topic, partition, offset = read_at.rsplit(":", 2)
        source = Source(topic, int(partition))
        if source not in self._known:
            self._known[source] = self._ask(source)
        return int(offset) < self._known[source]


def committed_position(consumer: Consumer, source: Source) -> int:
    """Return what a consumer's group has committed of a partition; 0 if nothing."""
    asked = [TopicPartition(source.topic, source.partition)]
    (found,) = consumer.committed(asked, _CALL_SECONDS)
    return max(int(found.offset), 0)
