"""Consume, process, produce: one transaction a batch, its offsets inside (KIP-98, KIP-447)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from streams.kafka.producing import Output, send
from streams.kafka.records import coordinates

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 60.0
_MAX_ABORTS_IN_A_ROW: Final = 10
_CALL_SECONDS: Final = 30.0

Result = TypeVar("Result")


class TransactionFatalError(RuntimeError):
    """The producer is fenced or broken: leave the process, a supervisor starts a new one."""


class _AbortRequiredError(Exception):
    """The transaction must be aborted and its batch read again."""


Handler = Callable[[Sequence[Message]], Sequence[Output]]


class ExactlyOnceLoop:
    """Runs a handler over batches, each in a transaction of its own.

    The handler must be idempotent: a batch whose transaction fails is read and handled again.
    `committed` is called after each commit.
    A batch during whose collection partitions came or went is dropped and read again, because a
    broker checks the group's generation at a commit, not who owns the partition.
    """

    def __init__(
        self,
        consumer: Consumer,
        producer: Producer,
        topics: Sequence[str],
        handler: Handler,
        committed: Callable[[], None] | None = None,
    ) -> None:
        self._consumer = consumer
        self._producer = producer
        self._handler = handler
        self._committed = committed
        self._moved = False
        self._aborts_in_a_row = 0
        self.aborts = 0
        _retrying(lambda: producer.init_transactions(_CALL_SECONDS))
        consumer.subscribe(
            list(topics), on_assign=self._note, on_revoke=self._note, on_lost=self._note
        )

    def step(self, size: int, wait_seconds: float) -> int:
        """Handle one batch of at most `size` records; return how many were committed."""
        batch = self._collect(size, wait_seconds)
        if not batch:
            return 0
        try:
            self._transact(batch)
        except _AbortRequiredError as error:
            self._abort(error)
            return 0
        self._aborts_in_a_row = 0
        self._producer.poll(0)
        if self._committed is not None:
            self._committed()
        return len(batch)

    def close(self) -> None:
        """Leave the group, so that its partitions move on at once."""
        self._consumer.close()

    def _note(self, _consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._moved = True

    def _collect(self, size: int, wait_seconds: float) -> list[Message]:
        """Return the records at hand, waiting only for the first."""
        self._moved = False
        batch = self._consumer.consume(1, wait_seconds)
        if batch and size > 1:
            batch += self._consumer.consume(size - 1, 0)
        records = []
        for message in batch:
            error = message.error()
            if error is None:
                records.append(message)
            elif error.fatal() or not _passing(error):
                raise TransactionFatalError(f"Cannot consume: {error.str()}")
        if self._moved and records:
            log.info("partitions moved while a batch was collected; reading it again")
            self._rewind()
            return []
        return records

    def _transact(self, batch: Sequence[Message]) -> None:
        producer = self._producer
        _call(producer.begin_transaction)
        try:
            outputs = self._handler(batch)
        except BaseException:
            # Whatever stops the handler, the transaction must not stay open for others to wait on.
            producer.abort_transaction()
            raise
        self._send(outputs)
        metadata = self._consumer.consumer_group_metadata()
        offsets = next_offsets(batch)
        _call(lambda: producer.send_offsets_to_transaction(offsets, metadata, _CALL_SECONDS))
        _call(producer.commit_transaction)

    def _send(self, outputs: Sequence[Output]) -> None:
        try:
            for output in outputs:
                send(self._producer, output)
        except KafkaException as error:
            raise _translated(error) from error

    def _abort(self, reason: Exception) -> None:
        self.aborts += 1
        self._aborts_in_a_row += 1
        log.warning("transaction aborted, reading the batch again: %s", reason)
        if self._aborts_in_a_row > _MAX_ABORTS_IN_A_ROW:
            raise TransactionFatalError(f"{_MAX_ABORTS_IN_A_ROW} aborts in a row: {reason}")
        _call(self._producer.abort_transaction)
        self._rewind()

    def _rewind(self) -> None:
        """Go back to the committed offset of every partition; to the beginning if there is none."""
        for partition in self._consumer.committed(self._consumer.assignment(), _CALL_SECONDS):
            if partition.offset < 0:
                partition.offset = OFFSET_BEGINNING
            self._consumer.seek(partition)


def next_offsets(batch: Sequence[Message]) -> list[TopicPartition]:
    """Return, for each partition in `batch`, the offset after its last record."""
    last: dict[tuple[str, int], int] = {}
    for message in batch:
        topic, partition, offset = coordinates(message)
        last[topic, partition] = offset
    return [TopicPartition(topic, partition, at + 1) for (topic, partition), at in last.items()]


def _call(function: Callable[[], Any]) -> None:
    """Call a transactional function, again while it may be retried with the same arguments."""
    try:
        _retrying(function)
    except KafkaException as error:
        raise _translated(error) from error


def _retrying(function: Callable[[], Result]) -> Result:
    return Retrying(
        retry=retry_if_exception(_retriable),
        stop=stop_after_delay(_RETRY_SECONDS),
        wait=wait_exponential_jitter(multiplier=0.05, jitter=0.1, max=2.0),
        reraise=True,
    )(function)


def _retriable(error: BaseException) -> bool:
    return isinstance(error, KafkaException) and error.args[0].retriable()


def _translated(error: KafkaException) -> Exception:
    kafka_error: KafkaError = error.args[0]
    if kafka_error.txn_requires_abort():
        return _AbortRequiredError(kafka_error.str())
    return TransactionFatalError(f"{kafka_error.name()}: {kafka_error.str()}")


def _passing(error: KafkaError) -> bool:
    """Tell whether a consumer error goes away by itself (librdkafka keeps trying)."""
    return error.code() not in (
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError._AUTHENTICATION,
    )
