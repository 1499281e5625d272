"""Brokers are asked again while they cannot answer yet, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.kafka.asking import answered


def failing(code: int, times: int) -> Callable[[], str]:
    left = [KafkaException(KafkaError(code))] * times

    def ask() -> str:
        if left:
            raise left.pop()
        return "answer"

    return ask


@pytest.mark.parametrize(
    "code", [KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.UNKNOWN_LEADER_EPOCH]
)
def test_answered_asks_again_while_a_leader_is_being_found(code: int) -> None:
    assert answered(failing(code, 1), 5.0) == "answer"


def test_answered_gives_up_after_its_time() -> None:
    with pytest.raises(KafkaException, match="NOT_LEADER"):
        answered(failing(KafkaError.NOT_LEADER_FOR_PARTITION, 9), 0.0)


def test_answered_raises_at_once_what_does_not_pass() -> None:
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        answered(failing(KafkaError.TOPIC_AUTHORIZATION_FAILED, 1), 5.0)
