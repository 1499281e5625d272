"""What an outsider finds in the topics: a plain consumer, and nothing of ours but names.

Every manifest record must have exactly one committed decision or reject, and every held parcel
that was inspected exactly one label.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from time import monotonic
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

_PREFIX: Final = "__connect.errors."
_CALL_SECONDS: Final = 30.0
_AT_ONCE: Final = 2_000

QUIET: Final = 2
"""Clients do not log each broken connection: they are broken on purpose."""


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

    def __add__(self, other: Answers) -> Answers:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Answers(*(mine + theirs for mine, theirs in pairs))


def read_all(bootstrap: str, topics: Sequence[str], seconds: float) -> Iterator[Message]:
    """Yield all committed records of some topics, up to where each partition ends now.

    Raises TimeoutError if nothing comes for some seconds before that.
    """
    options = {
        "bootstrap.servers": bootstrap,
        "group.id": "chaos-checker",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "log_level": QUIET,
    }
    with closing(Consumer(options)) as consumer:
        partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for topic in topics
            for number in consumer.list_topics(topic, _CALL_SECONDS).topics[topic].partitions
        ]
        consumer.assign(partitions)
        yield from _until_ends(consumer, len(partitions), seconds)


def _until_ends(consumer: Consumer, partitions: int, seconds: float) -> Iterator[Message]:
    ended: set[tuple[str | None, int | None]] = set()
    deadline = monotonic() + seconds
    while len(ended) < partitions:
        if monotonic() > deadline:
            raise TimeoutError(f"expected to read {partitions} partitions, ended {len(ended)}")
        for message in consumer.consume(_AT_ONCE, 0.2):
            error = message.error()
            if error is None:
                yield message
                deadline = monotonic() + seconds
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add((message.topic(), message.partition()))


def compared(
    manifests: Iterable[Message], decisions: Iterable[Message], rejects: Iterable[Message]
) -> Answers:
    """Compare manifests with their answers; only their ids are kept."""
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
