"""Records that are handled together, and which stretch of each partition they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any, NamedTuple

from confluent_kafka import Message, TopicPartition

from scorers.lottery import Coordinates
from scorers.profiles.units import Source
from streams.kafka.records import places_of


class Span(NamedTuple):
    """Positions in a partition: from the end of the batch before to after the last record.

    Positions are compared, not counted: transaction markers take offsets too. `committed` is what
    is known to be committed: `start`, or less while the batch before is not. `begins` tells that
    nothing was ever committed.
    """

    start: int
    end: int
    begins: bool = False
    uncommitted: int | None = None

    @property
    def committed(self) -> int:
        """The position up to which all is committed for sure."""
        return self.start if self.uncommitted is None else self.uncommitted


class Batch:
    """Records in the order in which they were consumed, where they stand, and what they span.

    `membership` is what the consumer was in its group when they were collected: a commit with it
    fails if partitions have moved since.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        spans: dict[Source, Span],
        membership: Any = None,
        places: Sequence[Coordinates] | None = None,
    ) -> None:
        self.messages = messages
        self.spans = spans
        self.membership = membership
        self.places = places_of(messages) if places is None else places

    def of_topic(self, topic: str) -> tuple[Sequence[Message], Sequence[Coordinates]]:
        """Return the records of a topic, and where they stand."""
        if {source.topic for source in self.spans} == {topic}:
            return self.messages, self.places
        chosen = [place[0] == topic for place in self.places]
        return list(compress(self.messages, chosen)), list(compress(self.places, chosen))

    def positions(self) -> list[TopicPartition]:
        """Return the offsets to commit with this batch."""
        return [
            TopicPartition(source.topic, source.partition, span.end)
            for source, span in self.spans.items()
        ]


class PostponedError(Exception):
    """A batch cannot be handled now: something that it needs is away. It is read again later."""


class IncompleteBatchError(Exception):
    """A batch ends too early: a partition must be handled up to a position in one go."""

    def __init__(self, source: Source, until: int) -> None:
        super().__init__(f"{source.topic}:{source.partition} must be handled up to {until} at once")
        self.source = source
        self.until = until
