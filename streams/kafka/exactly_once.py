"""Consume, process, produce: one transaction a batch, with its offsets inside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final

from confluent_kafka import Consumer

from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError
from streams.kafka.collecting import Collector
from streams.kafka.handling import Handler, Work
from streams.kafka.producing import Output
from streams.kafka.transactions import AbortRequiredError, TransactionFatalError, Transactions
from streams.metering import LoopMeter

log = logging.getLogger(__name__)

_MAX_ABORTS_IN_A_ROW: Final = 10
_POSTPONED_SECONDS: Final = 0.5
_SMALL: Final = 4
"""A batch of less than a fourth of what it may have is small: more records are not at hand."""


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
    between. `committed` is called after each commit.
    """

    def __init__(
        self,
        consumer: Consumer,
        transactions: Transactions,
        topics: Sequence[str],
        handler: Handler,
        committed: Callable[[], None] | None = None,
        pause: Callable[[float], None] = sleep,
        meter: LoopMeter | None = None,
    ) -> None:
        self._consumer = consumer
        self._transactions = transactions
        self._handler = handler
        self._committed = committed
        self._pause = pause
        self._meter = meter
        self._begun: _Begun | None = None
        self._aborts_in_a_row = 0
        self.aborts = 0
        self._collector = Collector(consumer, topics)

    def step(self, size: int, wait_seconds: float) -> int:
        """Finish the batch that was begun before; begin one of at most `size` records before that,
        and finish it too, unless that is better done while a third is begun.

        Returns how many records were committed. Waits for records only if nothing is begun.
        """
        self._transactions.poll()
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
        self._transactions.begin()
        try:
            self._transactions.send(outputs)
            self._transactions.commit()
        except AbortRequiredError as error:
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
        except AbortRequiredError as error:
            self._abort(error)
            return 0
        self._aborts_in_a_row = 0
        self._collector.committed(former.batch)
        if self._meter is not None:
            messages = former.batch.messages
            self._meter.committed(len(messages), messages[-1], monotonic() - former.began)
        if self._committed is not None:
            self._committed()
        return len(former.batch.messages)

    def _transact(self, begun: _Begun) -> None:
        transactions = self._transactions
        with self._stage("screen"):
            outputs = begun.work.finish()
        with self._stage("produce"):
            transactions.begin()
            transactions.send(outputs)
        with self._stage("commit"):
            transactions.send_offsets(begun.batch)
            transactions.commit()

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

    def _abort(self, reason: Exception) -> None:
        self.aborts += 1
        if self._meter is not None:
            self._meter.aborted()
        self._aborts_in_a_row += 1
        log.warning("transaction aborted, reading the batch again: %s", reason)
        if self._aborts_in_a_row > _MAX_ABORTS_IN_A_ROW:
            raise TransactionFatalError(f"{_MAX_ABORTS_IN_A_ROW} aborts in a row: {reason}")
        self._transactions.abort()
        self._read_again()
