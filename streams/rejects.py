"""Rejects: what could not be read goes back byte for byte, with the reason in its headers."""

from __future__ import annotations

from typing import cast

from confluent_kafka import Message

from schemas.codec import RecordError
from schemas.deadletter import DeadLetter, Header
from streams.kafka.producing import Output
from streams.kafka.records import coordinates


def reject(message: Message, error: RecordError, topic: str) -> Output:
    """Return the reject of `message` for the topic of rejected records."""
    letter = DeadLetter(*coordinates(message), str(error))
    headers = letter.headers(cast("list[Header]", message.headers() or []))
    return Output(topic, message.key(), message.value(), headers)
