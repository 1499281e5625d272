"""Where a record was read."""

from __future__ import annotations

from typing import cast

from confluent_kafka import Message

from scorers.lottery import Coordinates


def coordinates(message: Message) -> Coordinates:
    """Return topic, partition and offset of a consumed record, which always has them."""
    return cast("Coordinates", (message.topic(), message.partition(), message.offset()))
