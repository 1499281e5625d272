"""Where and when records of a batch were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from confluent_kafka import Message

from scorers.features.batch import Integers
from scorers.lottery import Coordinates
from scorers.profiles import Source
from streams.kafka.records import coordinates, logged_at
from streams.profiles.cutting import Piece


@dataclass(frozen=True, eq=False)
class Reading:
    """Partition, offset and time (Unix seconds) of each record."""

    sources: Sequence[Source]
    offsets: Integers
    logged: Integers

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Reading:
        """Return where records were read."""
        return cls.at([coordinates(one) for one in messages], logged_at(messages))

    @classmethod
    def at(cls, places: Sequence[Coordinates], logged: Integers) -> Reading:
        """Return the same of places that are known."""
        if not places:
            return cls([], np.empty(0, np.int64), logged)
        topics, partitions, offsets = zip(*places, strict=True)
        known = {one: Source(*one) for one in set(zip(topics, partitions, strict=True))}
        sources = [known[one] for one in zip(topics, partitions, strict=True)]
        return cls(sources, np.array(offsets, dtype=np.int64), logged)

    def rows(self, piece: Piece) -> Integers:
        """Return the rows of the batch that belong to a unit."""
        source, start, end = piece
        within = (self.offsets >= start) & (self.offsets < end)
        if len(set(self.sources)) > 1:
            within &= np.array([one == source for one in self.sources])
        return np.flatnonzero(within)
