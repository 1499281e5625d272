"""Asking brokers again while a leader or a coordinator is being found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

_PAUSE_SECONDS: Final = 0.2
_PASSING: Final = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_LEADER_EPOCH,
)

Result = TypeVar("Result")


def answered(ask: Callable[[], Result], seconds: float) -> Result:
    """Return what brokers answer, asked again for some seconds while they cannot answer yet.

    So it is for a moment where a topic or a group is new, or a broker has just come up. Raises
    `KafkaException` for the last answer.
    """
    return Retrying(
        retry=retry_if_exception(_passing),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(_PAUSE_SECONDS),
        reraise=True,
    )(ask)


def _passing(error: BaseException) -> bool:
    return isinstance(error, KafkaException) and error.args[0].code() in _PASSING
