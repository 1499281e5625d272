"""Collecting a batch: never across a rebalance, and from where the last commit left off."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from schemas.errors import UserError
from scorers.lottery import Coordinates
from scorers.profiles.units import Source
from streams.kafka.batch import Batch, IncompleteBatchError, Span
from streams.kafka.records import places_of

log = logging.getLogger(__name__)

_CALL_SECONDS: Final = 30.0


class ConsumeError(UserError, RuntimeError):
    """The consumer cannot go on."""


class Collector:
    """Collects batches from a subscription, one after the other, committed or not.

    A batch during whose collection partitions came or went is dropped and read again, because a
    broker checks the group's generation at a commit, not who owns the partition. `moves` counts
    how often that was: a batch that was collected before has to be dropped too.
    """

    def __init__(self, consumer: Consumer, topics: Sequence[str]) -> None:
        self._consumer = consumer
        self.moves = 0
        self._moved = False
        self._positions: dict[Source, int] = {}
        self._committed: dict[Source, int] = {}
        self._begun: set[Source] = set()
        self._kept: list[Message] = []
        self._until: dict[Source, int] = {}
        consumer.subscribe(
            list(topics), on_assign=self._note, on_revoke=self._note, on_lost=self._note
        )

    def collect(self, size: int, wait_seconds: float) -> Batch | None:
        """Return the records at hand, waiting only for the first; None if there are none."""
        records = self._kept + _readable(self._consume(size, wait_seconds))
        self._kept = []
        membership = self._membership(records)
        if self._moved:
            self._moved = False
            self.moves += 1
            self._forget()
            if records:
                log.info("partitions moved while a batch was collected; reading it again")
                self.rewind()
            return None
        places = places_of(records)
        spans = self._spans(places)
        if not _reach(spans, self._until):
            self._kept = records
            return None
        self._until.clear()
        if not records:
            return None
        for source, span in spans.items():
            self._positions[source] = span.end
            self._begun.add(source)
        return Batch(records, spans, membership, places)

    def complete(self, batch: Batch, error: IncompleteBatchError) -> None:
        """Keep the newest batch until its partition was read as far as the error demands."""
        self._kept = list(batch.messages)
        for source, span in batch.spans.items():
            self._positions[source] = span.start
            if span.begins:
                self._begun.discard(source)
        self.require(error)

    def require(self, error: IncompleteBatchError) -> None:
        """Let the next batch reach as far in a partition as an error demands."""
        self._until[error.source] = error.until

    def committed(self, batch: Batch) -> None:
        """Note that a batch is done."""
        for source, span in batch.spans.items():
            self._committed[source] = span.end

    def lag(self) -> int:
        """Return how many records of our partitions are not committed, as far as is known here.

        Markers of transactions count: a topic that is written in transactions leaves a few.
        """
        assigned = self._consumer.assignment()
        ends = [self._consumer.get_watermark_offsets(one, cached=True) for one in assigned]
        places = [Source(one.topic, one.partition) for one in assigned]
        # What the client has not heard yet is negative.
        return sum(
            max(end - self._committed.get(place, max(low, 0)), 0)
            for place, (low, end) in zip(places, ends, strict=True)
        )

    @property
    def joined(self) -> bool:
        """Whether the consumer is a member of its group, with or without partitions."""
        return bool(self._consumer.memberid())

    def rewind(self) -> None:
        """Go back to the committed offset of every partition; to the beginning if there is none."""
        self._forget()
        for partition in self._consumer.committed(self._consumer.assignment(), _CALL_SECONDS):
            if partition.offset < 0:
                partition.offset = OFFSET_BEGINNING
            self._consumer.seek(partition)

    def _forget(self) -> None:
        self._kept, self._until = [], {}
        self._positions.clear()

    def _note(self, _consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._moved = True

    def _membership(self, records: Sequence[Message]) -> Any:
        """Return what we are in the group; who is no member any more has nothing to commit.

        A consumer knows that its session is over (its process was stopped, say) before it tells of
        lost partitions, and a broker takes offsets from a transaction that names no member.
        """
        if not records:
            return None
        membership = self._consumer.consumer_group_metadata()
        if not self._consumer.memberid():
            self._moved = True
        return membership

    def _consume(self, size: int, wait_seconds: float) -> list[Message]:
        batch = self._consumer.consume(1, wait_seconds)
        if batch and size > 1:
            batch += self._consumer.consume(size - 1, 0)
        return batch

    def _spans(self, places: Sequence[Coordinates]) -> dict[Source, Span]:
        firsts: dict[Source, int] = {}
        ends: dict[Source, int] = {}
        for first, last in _stretches(places):
            source = Source(*first[:2])
            firsts.setdefault(source, first[2])
            ends[source] = last[2] + 1
        self._look_up([source for source in ends if source not in self._positions], firsts)
        return {
            source: Span(
                self._positions[source],
                end,
                source not in self._begun,
                self._committed[source],
            )
            for source, end in ends.items()
        }

    def _look_up(self, unknown: Sequence[Source], firsts: dict[Source, int]) -> None:
        """Set the positions of partitions new to us: the committed ones, or those of the first."""
        if not unknown:
            return
        asked = [TopicPartition(source.topic, source.partition) for source in unknown]
        committed = self._consumer.committed(asked, _CALL_SECONDS)
        for source, found in zip(unknown, committed, strict=True):
            start = found.offset if found.offset >= 0 else firsts[source]
            self._positions[source] = self._committed[source] = start
            (self._begun.add if found.offset >= 0 else self._begun.discard)(source)


def _stretches(places: Sequence[Coordinates]) -> Iterator[tuple[Coordinates, Coordinates]]:
    """Yield the first and the last place of each stretch of records of one partition."""
    if not places:
        return
    first = places[0]
    for one, following in pairwise(places):
        if one[1] != following[1] or one[0] != following[0]:
            yield first, one
            first = following
    yield first, places[-1]


def _reach(spans: dict[Source, Span], until: dict[Source, int]) -> bool:
    return all(source in spans and spans[source].end >= end for source, end in until.items())


def _readable(batch: Sequence[Message]) -> list[Message]:
    records = []
    for message in batch:
        error = message.error()
        if error is None:
            records.append(message)
        elif error.fatal() or not _passing(error):
            raise ConsumeError(f"Cannot consume: {error.str()}")
    return records


def _passing(error: KafkaError) -> bool:
    """Tell whether a consumer error goes away by itself (librdkafka keeps trying)."""
    return error.code() not in (
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError._AUTHENTICATION,
    )
