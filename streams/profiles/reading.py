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
    """Partition, offset and time (Unix seconds) of each record.

    `owners` has for each record the number of its partition among `sources`.
    """

    sources: Sequence[Source]
    owners: Integers
    offsets: Integers
    logged: Integers

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Reading:
        """Return where records were read."""
        return cls.at([coordinates(one) for one in messages], logged_at(messages))

    @classmethod
    def at(cls, places: Sequence[Coordinates], logged: Integers) -> Reading:
        """Return the same of places that are known."""
        numbers: dict[tuple[str, int], int] = {}
        owners = [numbers.setdefault(place[:2], len(numbers)) for place in places]
        offsets = [place[2] for place in places]
        sources = [Source(*one) for one in numbers]
        return cls(sources, np.array(owners, np.int64), np.array(offsets, np.int64), logged)

    @classmethod
    def of_partition(cls, source: Source, offsets: Integers, logged: Integers) -> Reading:
        """Return the same of records of one partition."""
        return cls([source], np.zeros(len(offsets), dtype=np.int64), offsets, logged)

    def rows(self, piece: Piece) -> Integers:
        """Return the rows of the batch that belong to a unit."""
        source, start, end = piece
        if source not in self.sources:
            return np.empty(0, dtype=np.int64)
        within = (self.offsets >= start) & (self.offsets < end)
        if len(self.sources) > 1:
            within &= self.owners == self.sources.index(source)
        return within.nonzero()[0]
