"""What an outsider finds in the topics: a plain consumer, and nothing of ours but names.

Every manifest record must have exactly one committed decision or reject, and every held parcel
that was inspected exactly one label.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

_PREFIX: Final = "__connect.errors."
_CALL_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Answers:
    """How manifests were answered."""

    manifests: int
    decisions: int
    rejects: int
    lost: int
    duplicated: int
    strange: int
    """Answers to what is no manifest."""

    @property
    def exact(self) -> bool:
        """Whether each manifest has its one answer."""
        return not (self.lost or self.duplicated or self.strange)

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in vars(self).items())


def read_all(bootstrap: str, topics: Sequence[str], seconds: float) -> list[Message]:
    """Return all committed records of some topics, up to where each partition ends now."""
    options = {
        "bootstrap.servers": bootstrap,
        "group.id": "chaos-checker",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    }
    with closing(Consumer(options)) as consumer:
        partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for topic in topics
            for number in consumer.list_topics(topic, _CALL_SECONDS).topics[topic].partitions
        ]
        consumer.assign(partitions)
        return _until_ends(consumer, len(partitions), monotonic() + seconds)


def _until_ends(consumer: Consumer, partitions: int, deadline: float) -> list[Message]:
    records: list[Message] = []
    ended: set[tuple[str | None, int | None]] = set()
    while len(ended) < partitions and monotonic() < deadline:
        for message in consumer.consume(10_000, 0.2):
            error = message.error()
            if error is None:
                records.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add((message.topic(), message.partition()))
    if len(ended) < partitions:
        raise TimeoutError(f"expected to read {partitions} partitions, got to {len(ended)} ends")
    return records


def compared(
    manifests: Iterable[Message], decisions: Iterable[Message], rejects: Iterable[Message]
) -> Answers:
    """Compare manifests with their answers."""
    asked = {f"{one.topic()}:{one.partition()}:{one.offset()}" for one in manifests}
    decided = Counter(str(json.loads(one.value() or b"{}")["decision_id"]) for one in decisions)
    rejected = Counter(_rejected(one) for one in rejects)
    answered = decided + rejected
    return Answers(
        manifests=len(asked),
        decisions=decided.total(),
        rejects=rejected.total(),
        lost=len(asked - answered.keys()),
        duplicated=sum(count - 1 for count in answered.values()),
        strange=len(answered.keys() - asked),
    )


def labelled_twice(training: Iterable[Message]) -> int:
    """Return how many labels of the training log are there again."""
    found = Counter(json.loads(one.value() or b"{}")["decision_id"] for one in training)
    return sum(count - 1 for count in found.values())


def _rejected(message: Message) -> str:
    """Return which record was rejected."""
    headers = {name: value for name, value in message.headers() or [] if value is not None}
    parts = [headers[_PREFIX + name] for name in ("topic", "partition", "offset")]
    return ":".join(part if isinstance(part, str) else part.decode() for part in parts)
