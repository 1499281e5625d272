"""Consume, process, produce: one transaction a batch, its offsets inside (KIP-98, KIP-447)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import sleep
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError
from streams.kafka.collecting import Collector
from streams.kafka.producing import Output, send

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 60.0
_MAX_ABORTS_IN_A_ROW: Final = 10
_CALL_SECONDS: Final = 30.0
_POSTPONED_SECONDS: Final = 0.5

Result = TypeVar("Result")


class TransactionFatalError(RuntimeError):
    """The producer is fenced or broken: leave the process, a supervisor starts a new one."""


class _AbortRequiredError(Exception):
    """The transaction must be aborted and its batch read again."""


Handler = Callable[[Batch], Sequence[Output]]


class ExactlyOnceLoop:
    """Runs a handler over batches, each in a transaction of its own.

    The handler must be idempotent: a batch whose transaction fails is read and handled again.
    `committed` is called after each commit.
    """

    def __init__(
        self,
        consumer: Consumer,
        producer: Producer,
        topics: Sequence[str],
        handler: Handler,
        committed: Callable[[], None] | None = None,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._consumer = consumer
        self._producer = producer
        self._handler = handler
        self._committed = committed
        self._pause = pause
        self._aborts_in_a_row = 0
        self.aborts = 0
        _retrying(lambda: producer.init_transactions(_CALL_SECONDS))
        self._collector = Collector(consumer, topics)

    def step(self, size: int, wait_seconds: float) -> int:
        """Handle one batch of at most `size` records; return how many were committed."""
        batch = self._collector.collect(size, wait_seconds)
        if batch is None:
            return 0
        try:
            self._transact(batch)
        except IncompleteBatchError as error:
            log.info("%s; reading on", error)
            self._collector.complete(batch, error)
            return 0
        except PostponedError as error:
            log.warning("%s; trying again", error)
            self._collector.rewind()
            self._pause(_POSTPONED_SECONDS)
            return 0
        except _AbortRequiredError as error:
            self._abort(error)
            return 0
        self._aborts_in_a_row = 0
        self._producer.poll(0)
        self._collector.committed(batch)
        if self._committed is not None:
            self._committed()
        return len(batch.messages)

    def close(self) -> None:
        """Leave the group, so that its partitions move on at once."""
        self._consumer.close()

    def _transact(self, batch: Batch) -> None:
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
        offsets = batch.positions()
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
        self._collector.rewind()


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
