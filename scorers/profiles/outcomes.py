"""Outcomes of inspections, to be counted in profiles (`functions.lua`: inspected)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.profiles.requests import Arguments
from scorers.profiles.units import Flags, Source, check_span

_OUTCOME: Final = np.dtype([("id", "<u8"), ("place", "<u4"), ("change", "u1")])

_CORRECTS: Final = 2
"""What a change has more where it is another result of an inspection that was counted."""


@dataclass(frozen=True, eq=False)
class OutcomeUnit:
    """Inspected parcels of the records [start, next) of the training log.

    `ids` are those of the parcels when they were screened, a row for each kind. `corrections` are
    other results of inspections that were counted before: only the violations change.
    """

    source: Source
    start: int
    next: int
    offsets: Integers
    ids: Hashes = field(repr=False)
    violations: Flags = field(repr=False)
    corrections: Flags = field(repr=False)

    def __post_init__(self) -> None:
        check_span(self.source, self.start, self.next, self.offsets)

    def arguments(self, shards: int) -> Iterator[Arguments]:
        """Yield, for each shard, the arguments that follow source, session and bounds."""
        for shard in range(shards):
            yield [self._packed(kind, shard, shards) for kind in self.ids]

    def _packed(self, kind: Hashes, shard: int, shards: int) -> bytes:
        rows = np.flatnonzero((kind != 0) & (kind % np.uint64(shards) == shard))
        packed = np.zeros(len(rows), dtype=_OUTCOME)
        packed["id"] = kind[rows]
        packed["place"] = self.offsets[rows] - self.start
        packed["change"] = self.violations[rows] + _CORRECTS * self.corrections[rows]
        return packed.tobytes()
