"""Transactions of a producer, and of its successor after a connection broke (KIP-98, KIP-447)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from schemas.errors import UserError
from streams.kafka.batch import Batch
from streams.kafka.clients import transactional_producer
from streams.kafka.connections import ConnectionLog
from streams.kafka.overdue import OverdueError, in_time
from streams.kafka.producing import Output, send_all
from streams.settings import KafkaSettings

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 60.0
_CALL_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 2.0

Result = TypeVar("Result")


class TransactionFatalError(UserError, RuntimeError):
    """The producer is fenced or broken: leave the process, a supervisor starts a new one."""


class AbortRequiredError(Exception):
    """The transaction must be aborted and its batch read again."""


class Transactions:
    """One transaction after the other; each function raises one of the errors above.

    What was sent on a connection that broke can reach the broker later, while the same producer is
    in its next transaction, and counts there: the offsets of a former batch are committed again, or
    a half of the next one. Brokers refuse that to clients that KIP-890 is built into; librdkafka is
    not one yet (its issue 5423). So after a connection broke, the next transaction is that of a new
    producer, whose epoch makes a broker refuse whatever the one before has left on its way.
    """

    def __init__(
        self, make: Callable[[ConnectionLog], Producer], seconds: float = _CALL_SECONDS
    ) -> None:
        """`make` returns a producer that logs there; a broker ends a transaction after `seconds`.

        Raises `KafkaException` if there cannot be any transactions.
        """
        self._make = make
        self._seconds = seconds
        self._open()

    def poll(self) -> None:
        """Hear what the producer tells of itself."""
        self._producer.poll(0)

    def begin(self) -> None:
        """Begin the next transaction."""
        self.poll()
        if self._connections.broke:
            log.info("a connection broke; what is on its way still must not count any more")
            with _translated():
                self._open()
        _call(self._producer.begin_transaction)

    def send(self, outputs: Sequence[Output]) -> None:
        """Let the transaction carry records."""
        with _translated():
            send_all(self._producer, outputs)

    def send_offsets(self, batch: Batch) -> None:
        """Let the transaction carry the offsets of its batch.

        librdkafka can wait for ever, whatever its timeout, for a group's coordinator that has gone
        (confluentinc/librdkafka, issues 5456 and 5511), while the group waits for us.
        """
        offsets, membership = batch.positions(), batch.membership
        send = partial(
            self._producer.send_offsets_to_transaction, offsets, membership, self._seconds
        )
        _call(lambda: in_time(send, self._seconds + _GRACE_SECONDS, "sending offsets"))

    def commit(self) -> None:
        """Make all that the transaction carries count, at once."""
        _call(self._producer.commit_transaction)

    def abort(self) -> None:
        """Give up all that the transaction carries."""
        _call(self._producer.abort_transaction)

    def _open(self) -> None:
        connections = ConnectionLog()
        producer = self._make(connections)
        _retrying(lambda: producer.init_transactions(_CALL_SECONDS))
        producer.poll(0)
        connections.broke = False  # until here, connections come and go while brokers are found
        self._producer, self._connections = producer, connections


def open_transactions(kafka: KafkaSettings, transactional_id: str) -> Transactions:
    """Return the transactions of an id; whoever had it before is fenced."""
    return Transactions(
        partial(transactional_producer, kafka, transactional_id), kafka.transaction_seconds
    )


def _call(function: Callable[[], Any]) -> None:
    """Call a transactional function, again while it may be retried with the same arguments."""
    with _translated():
        _retrying(function)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the errors of the client library as ours."""
    try:
        yield
    except KafkaException as error:
        kafka_error: KafkaError = error.args[0]
        if kafka_error.txn_requires_abort():
            raise AbortRequiredError(kafka_error.str()) from error
        raise TransactionFatalError(f"{kafka_error.name()}: {kafka_error.str()}") from error
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
