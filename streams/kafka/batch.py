"""Records that are handled together, and which stretch of each partition they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from confluent_kafka import Message, TopicPartition

from scorers.profiles.units import Source


class Span(NamedTuple):
    """Positions in a partition: from what was committed before to after the last record.

    Positions are compared, not counted: transaction markers take offsets too. `begins` tells that
    nothing was ever committed.
    """

    start: int
    end: int
    begins: bool = False


@dataclass(frozen=True)
class Batch:
    """Records in the order in which they were consumed, and the span of each partition."""

    messages: Sequence[Message]
    spans: dict[Source, Span]

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
