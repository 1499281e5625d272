"""How often each record was answered, counted by a plain consumer of the topics."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

_CALL_SECONDS: Final = 30.0
_PREFIX: Final = "__connect.errors."

Place = tuple[str, int]


class Answers:
    """For each record that was sent, how many answers it must have and how many it has."""

    def __init__(self) -> None:
        self._due: defaultdict[Place, dict[int, int]] = defaultdict(dict)
        self._had: defaultdict[Place, Counter[int]] = defaultdict(Counter)
        self.sent = self._all_due = 0
        self.kinds: Counter[str] = Counter()

    def due(self, answers: int) -> Callable[[KafkaError | None, Message], None]:
        """Return what is to be told when a record is in the log."""

        def note(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                raise RuntimeError(f"a record was not taken: {error.str()}")
            place = str(message.topic()), int(message.partition() or 0)
            self._due[place][int(message.offset() or 0)] = answers
            self.sent += 1
            self._all_due += answers

        return note

    def note(self, kind: str, about: str) -> None:
        """Count an answer to the record at `topic:partition:offset`."""
        topic, partition, offset = about.rsplit(":", 2)
        self._had[topic, int(partition)][int(offset)] += 1
        self.kinds[kind] += 1

    @property
    def open(self) -> int:
        """How many answers are still to come, if none comes twice."""
        return self._all_due - self.kinds.total()

    def wrong(self) -> list[str]:
        """Return each record that was not answered as often as it must be."""
        found = []
        for place in self._due.keys() | self._had.keys():
            due, had = self._due[place], self._had[place]
            found += [
                f"{place[0]}:{place[1]}:{offset}: {had[offset]} answers, not {due.get(offset)}"
                for offset in due.keys() | had.keys()
                if had[offset] != due.get(offset)
            ]
        return found


class Reader:
    """Reads answers as an outsider, committed ones only."""

    def __init__(self, client: dict[str, Any], decided: Sequence[str], rejected: str) -> None:
        options = {"group.id": "fuzz-reader", "isolation.level": "read_committed"}
        self._consumer = Consumer({**client, **options, "enable.auto.commit": False})
        self._rejected = rejected
        self._consumer.assign(
            [
                TopicPartition(topic, number, OFFSET_BEGINNING)
                for topic in (*decided, rejected)
                for number in self._consumer.list_topics(topic, _CALL_SECONDS)
                .topics[topic]
                .partitions
            ]
        )

    def read(self, answers: Answers, seconds: float) -> list[dict[str, Any]]:
        """Count what is at hand, waiting so long for the first; return the decisions."""
        decisions = []
        for message in self._consumer.consume(10_000, seconds):
            if message.error() is not None:
                continue
            if message.topic() == self._rejected:
                answers.note("rejects", _rejected(message))
            else:
                decision = json.loads(message.value() or b"")
                answers.note("decisions", decision["decision_id"])
                decisions.append(decision)
        return decisions

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


def _rejected(message: Message) -> str:
    """Return which record was rejected; one without a reason is an error."""
    # The last of a name is ours: what a sender gave stands before it.
    headers = dict(message.headers() or [])
    if not headers[f"{_PREFIX}exception.message"]:
        raise ValueError(f"a reject without a reason: {headers}")
    parts = (headers[f"{_PREFIX}{name}"] for name in ("topic", "partition", "offset"))
    return ":".join(part if isinstance(part, str) else part.decode() for part in parts if part)
