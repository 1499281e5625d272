"""Where and when records were written."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

import numpy as np
from confluent_kafka import Message

from scorers.features.batch import Integers
from scorers.lottery import Coordinates

_MILLISECONDS: Final = 1000
_STAMP: Final = itemgetter(1)


def coordinates(message: Message) -> Coordinates:
    """Return topic, partition and offset of a consumed record, which always has them."""
    return message.topic(), message.partition(), message.offset()  # type: ignore[return-value]


def places_of(messages: Sequence[Message]) -> list[Coordinates]:
    """Return topic, partition and offset of each consumed record."""
    columns = (map(one, messages) for one in (Message.topic, Message.partition, Message.offset))
    return list(zip(*columns, strict=True))


def logged_at(messages: Sequence[Message]) -> Integers:
    """Return the time of each record's log entry, in whole Unix seconds."""
    return logged_milliseconds(messages) // _MILLISECONDS


def logged_milliseconds(messages: Sequence[Message]) -> Integers:
    """Return the time of each record's log entry, in Unix milliseconds."""
    stamps = map(_STAMP, map(Message.timestamp, messages))
    return np.fromiter(stamps, np.int64, len(messages))
