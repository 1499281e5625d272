"""Reading stretches of partitions as an outsider: committed records only, from here to there."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.errors import UserError
from scorers.profiles import Source
from streams.kafka.asking import answered
from streams.kafka.clients import consumer_config
from streams.kafka.records import coordinates
from streams.settings import KafkaSettings

log = logging.getLogger(__name__)

_RECORDS: Final = 2_000
_WAIT_SECONDS: Final = 1.0
_PATIENCE: Final = 30
"""Empty reads in a row after which the broker is taken to be gone."""

_CALL_SECONDS: Final = 30.0


class RecordsGoneError(UserError, RuntimeError):
    """The log does not have, or does not give, what is to be applied again."""


class Stretch(NamedTuple):
    """The records of a partition from position `start` to before `end`."""

    source: Source
    start: int
    end: int
    messages: Sequence[Message]


class StretchReader:
    """Reads any stretches of any partitions; commits nothing. To be closed."""

    def __init__(self, kafka: KafkaSettings, group: str = "greenlane-reader") -> None:
        self._consumer = Consumer({**consumer_config(kafka, group), "enable.partition.eof": True})
        self._bounds: dict[Source, tuple[int, int]] = {}

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()

    def partitions(self, topic: str) -> list[Source]:
        """Return the partitions of a topic."""
        found = self._consumer.list_topics(topic, _CALL_SECONDS).topics[topic].partitions
        return [Source(topic, partition) for partition in sorted(found)]

    def bounds(self, source: Source) -> tuple[int, int]:
        """Return the first position that the log still has, and where its committed records end."""
        ask = partial(self._consumer.get_watermark_offsets, _partition(source), _CALL_SECONDS)
        low, high = answered(ask, _CALL_SECONDS)
        self._bounds[source] = int(low), int(high)
        return self._bounds[source]

    def committed(self, sources: Sequence[Source]) -> dict[Source, int]:
        """Return the positions that the reader's group has committed, where it has any."""
        found = self._consumer.committed([_partition(one) for one in sources], _CALL_SECONDS)
        return {
            source: int(one.offset)
            for source, one in zip(sources, found, strict=True)
            if one.offset >= 0
        }

    def positions_at(self, sources: Sequence[Source], seconds: float) -> dict[Source, int]:
        """Return the first positions logged at a time (Unix seconds) or later, if there are any."""
        asked = [_partition(source, int(seconds * 1000)) for source in sources]
        found = self._consumer.offsets_for_times(asked, _CALL_SECONDS) if asked else []
        return {
            source: int(one.offset)
            for source, one in zip(sources, found, strict=True)
            if one.offset >= 0
        }

    def read(self, source: Source, start: int, end: int) -> Iterator[Stretch]:
        """Yield the records of [start, end) as stretches that join up, of at most 2,000 each.

        What the log has dropped by age is passed over with a warning. Raises `RecordsGoneError`
        if the log ends before `end`, or nothing comes for half a minute.
        """
        batch: list[Message] = []
        for messages in self._records(source, self._first(source, start, end), end):
            batch += messages
            while len(batch) >= _RECORDS:
                following = _offset(batch[_RECORDS - 1]) + 1
                yield Stretch(source, start, following, batch[:_RECORDS])
                batch, start = batch[_RECORDS:], following
        if start < end:
            yield Stretch(source, start, end, batch)

    def _first(self, source: Source, start: int, end: int) -> int:
        low, high = self._bounds.get(source, (0, -1))
        if high < end:
            low, high = self.bounds(source)
        if high < end:
            raise RecordsGoneError(
                f"{source}: expected records up to {end}, got a log that ends at {high}; "
                "was the topic made anew?"
            )
        if low > start:
            dropped = f"records {start} to {min(low, end)} are no longer in the log"
            log.warning("%s: %s; profiles go without them", source, dropped)
        return max(start, low)

    def _records(self, source: Source, position: int, end: int) -> Iterator[list[Message]]:
        idle = 0
        if position < end:
            self._consumer.assign([_partition(source, position)])
        while position < end:
            found = self._consumer.consume(1, _WAIT_SECONDS)
            found += self._consumer.consume(_RECORDS - 1, 0) if found else []
            idle = 0 if found else idle + 1
            if idle == _PATIENCE:
                raise RecordsGoneError(
                    f"{source}: expected records up to {end}, got none from {position} for "
                    f"{_PATIENCE * _WAIT_SECONDS:g} s"
                )
            known = (one for one in map(_following, reversed(found)) if one >= 0)
            position = max(position, next(known, position))
            yield [one for one in found if one.error() is None and _offset(one) < end]
        # What is being fetched would hold up the next question about where a log ends.
        self._consumer.unassign()


def _partition(source: Source, offset: int = -1) -> TopicPartition:
    return TopicPartition(source.topic, source.partition, offset)


def _following(message: Message) -> int:
    """Return the position after a record, or that of the log's end; -1 after other events."""
    error = message.error()
    if error is None:
        return _offset(message) + 1
    return _offset(message) if error.code() == KafkaError._PARTITION_EOF else -1


def _offset(message: Message) -> int:
    return coordinates(message)[2]
