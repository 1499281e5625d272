"""Manifests of a batch's records, and rejects of what is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from confluent_kafka import Message

from scorers.features.declared import Declarations
from scorers.scanning.reading import read_manifests
from streams.kafka.producing import Output
from streams.rejects import reject
from streams.settings import TopicSettings


class Decoded(NamedTuple):
    """What manifests declare, the records that they came in, a reject for each other record.

    `kinds` counts what was wrong with those.
    """

    declared: Declarations
    messages: Sequence[Message]
    rejects: list[Output]
    kinds: Counter[str]


def decoded(messages: Sequence[Message], topics: TopicSettings) -> Decoded:
    """Read records; what breaks the contract is for the topic of rejects."""
    declared, errors = read_manifests(list(map(Message.value, messages)))
    if not errors:
        return Decoded(declared, messages, [], Counter())
    read = [message for place, message in enumerate(messages) if place not in errors]
    rejects = [reject(messages[place], error, topics) for place, error in errors.items()]
    kinds: Counter[str] = Counter(error.kind for error in errors.values())
    return Decoded(declared, read, rejects, kinds)
