"""Consume, process, produce: one transaction a batch, its offsets inside (KIP-98, KIP-447)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from schemas.errors import UserError
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError
from streams.kafka.collecting import Collector
from streams.kafka.handling import Handler, Work
from streams.kafka.overdue import OverdueError, in_time
from streams.kafka.producing import Output, send_all
from streams.metering import LoopMeter

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 60.0
_MAX_ABORTS_IN_A_ROW: Final = 10
_CALL_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 2.0
_POSTPONED_SECONDS: Final = 0.5
_SMALL: Final = 4
"""A batch of less than a fourth of what it may have is small: more records are not at hand."""

Result = TypeVar("Result")


class TransactionFatalError(UserError, RuntimeError):
    """The producer is fenced or broken: leave the process, a supervisor starts a new one."""


class _AbortRequiredError(Exception):
    """The transaction must be aborted and its batch read again."""


@dataclass(frozen=True)
class _Begun:
    """A batch that is not finished yet, and after how many moves of partitions it was collected."""

    batch: Batch
    work: Work
    moves: int
    began: float

    def is_large(self, size: int) -> bool:
        """Tell whether as many records were at hand as if the loop were behind."""
        return len(self.batch.messages) * _SMALL >= size


class ExactlyOnceLoop:
    """Runs a handler over batches, each in a transaction of its own.

    With a handler that is `ahead`, the batch after a large one is begun before that is finished, so
    that what it asks of others comes meanwhile; a small one has its answer sooner if nothing comes
    between. `committed` is called after each commit. A broker ends a transaction after
    `transaction_seconds`, so nothing of one is waited for longer.
    """

    def __init__(
        self,
        consumer: Consumer,
        producer: Producer,
        topics: Sequence[str],
        handler: Handler,
        committed: Callable[[], None] | None = None,
        pause: Callable[[float], None] = sleep,
        meter: LoopMeter | None = None,
        transaction_seconds: float = _CALL_SECONDS,
    ) -> None:
        self._consumer = consumer
        self._transaction_seconds = transaction_seconds
        self._producer = producer
        self._handler = handler
        self._committed = committed
        self._pause = pause
        self._meter = meter
        self._begun: _Begun | None = None
        self._aborts_in_a_row = 0
        self.aborts = 0
        _retrying(lambda: producer.init_transactions(_CALL_SECONDS))
        self._collector = Collector(consumer, topics)

    def step(self, size: int, wait_seconds: float) -> int:
        """Finish the batch that was begun before; begin one of at most `size` records before that,
        and finish it too, unless that is better done while a third is begun.

        Returns how many records were committed. Waits for records only if nothing is begun.
        """
        if self._meter is not None:
            self._meter.went_round(self._collector)
        with self._stage("read"):
            batch = self._collector.collect(size, 0.0 if self._begun else wait_seconds)
        if self._begun and self._begun.moves != self._collector.moves:
            self._drop()
        former, self._begun = self._begun, None
        postponed = self._begin(batch) if batch else None
        done = self._finish(former) if former else 0
        if postponed and (done or not former):  # else both are read again already
            self._postpone(postponed)
        if self._begun and not (self._handler.ahead and self._begun.is_large(size)):
            begun, self._begun = self._begun, None
            done += self._finish(begun)
        return done

    def send(self, outputs: Sequence[Output]) -> bool:
        """Send what comes of no batch, in a transaction of its own; return whether it was sent.

        It is not while a batch is begun, whose own transaction comes soon.
        """
        if self._begun:
            return False
        _call(self._producer.begin_transaction)
        try:
            self._send(outputs)
            _call(self._producer.commit_transaction)
        except _AbortRequiredError as error:
            self._abort(error)
            return False
        return True

    def close(self) -> None:
        """Give up what was begun and leave the group, so that its partitions move on at once."""
        self._drop()
        self._consumer.close()

    def _begin(self, batch: Batch) -> PostponedError | None:
        """Begin a batch; return why not, if it has to wait until the one before it is finished."""
        try:
            began = monotonic()
            with self._stage("ask"):
                work = self._handler.begin(batch)
        except IncompleteBatchError as error:
            log.info("%s; reading on", error)
            self._collector.complete(batch, error)
        except PostponedError as error:
            return error
        else:
            self._begun = _Begun(batch, work, self._collector.moves, began)
        return None

    def _finish(self, former: _Begun) -> int:
        try:
            self._transact(former)
        except IncompleteBatchError as error:
            log.info("%s; reading again", error)
            self._read_again()
            self._collector.require(error)
            return 0
        except PostponedError as error:
            self._postpone(error)
            return 0
        except _AbortRequiredError as error:
            self._abort(error)
            return 0
        self._aborts_in_a_row = 0
        self._producer.poll(0)
        self._collector.committed(former.batch)
        if self._meter is not None:
            messages = former.batch.messages
            self._meter.committed(len(messages), messages[-1], monotonic() - former.began)
        if self._committed is not None:
            self._committed()
        return len(former.batch.messages)

    def _transact(self, begun: _Begun) -> None:
        producer, batch = self._producer, begun.batch
        with self._stage("screen"):
            outputs = begun.work.finish()
        with self._stage("produce"):
            _call(producer.begin_transaction)
            self._send(outputs)
        with self._stage("commit"):
            _call(lambda: self._send_offsets(batch))
            _call(producer.commit_transaction)

    def _send_offsets(self, batch: Batch) -> None:
        """Let the transaction carry the offsets of its batch.

        librdkafka can wait for ever, whatever its timeout, for a group's coordinator that has gone
        (confluentinc/librdkafka, issues 5456 and 5511), while the group waits for us.
        """
        seconds = self._transaction_seconds
        offsets, membership = batch.positions(), batch.membership
        send = self._producer.send_offsets_to_transaction
        in_time(
            lambda: send(offsets, membership, seconds), seconds + _GRACE_SECONDS, "sending offsets"
        )

    def _stage(self, name: str) -> AbstractContextManager[None]:
        return nullcontext() if self._meter is None else self._meter.stage(name)

    def _drop(self) -> None:
        if self._begun:
            self._begun.work.drop()
            self._begun = None

    def _read_again(self) -> None:
        """Drop what was begun, and read from what was committed."""
        self._drop()
        self._collector.rewind()

    def _postpone(self, error: PostponedError) -> None:
        log.warning("%s; trying again", error)
        self._read_again()
        self._pause(_POSTPONED_SECONDS)

    def _send(self, outputs: Sequence[Output]) -> None:
        try:
            send_all(self._producer, outputs)
        except KafkaException as error:
            raise _translated(error) from error

    def _abort(self, reason: Exception) -> None:
        self.aborts += 1
        if self._meter is not None:
            self._meter.aborted()
        self._aborts_in_a_row += 1
        log.warning("transaction aborted, reading the batch again: %s", reason)
        if self._aborts_in_a_row > _MAX_ABORTS_IN_A_ROW:
            raise TransactionFatalError(f"{_MAX_ABORTS_IN_A_ROW} aborts in a row: {reason}")
        _call(self._producer.abort_transaction)
        self._read_again()


def _call(function: Callable[[], Any]) -> None:
    """Call a transactional function, again while it may be retried with the same arguments."""
    try:
        _retrying(function)
    except KafkaException as error:
        raise _translated(error) from error
    except OverdueError as error:
        raise TransactionFatalError(str(error)) from None


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
