"""What the store is asked: a unit is a run of one partition's records, applied as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.layout import KINDS

Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]

ITEM_SIZE: Final = 35
"""Most bytes of an item id; what is longer is cut."""


@dataclass(frozen=True, eq=False)
class Parcels:
    """The parcels of a unit as columns, in the order of their offsets.

    `ids` has a row for each of `KINDS`, 0 where a parcel has no such entity; `names`, `orders` and
    `ids` are keyed hashes. Times are Unix seconds: `submitted` is the event's, `logged` the
    log's, which no event may be far ahead of. Values are in euro, weights in kilograms; what is
    not a finite number counts as 0. `near` tells that a value is just below a threshold.
    """

    offsets: Integers
    submitted: Integers
    logged: Integers
    ids: Hashes
    names: Hashes
    orders: Hashes
    items: Texts
    value: Floats
    weight: Floats
    unit_value: Floats
    value_per_kg: Floats
    near: Flags

    def __post_init__(self) -> None:
        count = len(self.offsets)
        for name, column in vars(self).items():
            wanted = (len(KINDS), count) if name == "ids" else (count,)
            if column.shape != wanted:
                raise ValueError(f"Parcels.{name}: expected shape {wanted}, got {column.shape}")

    def __len__(self) -> int:
        return len(self.offsets)


class Source(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}"


@dataclass(frozen=True, eq=False)
class Unit:
    """The records [start, next) of a partition.

    `start` is where the unit before it ended; offsets between may be missing (transaction
    markers), or be of records that were rejected. Answers of units that start before `committed`
    are no longer needed; None means that all before this one are committed.
    """

    source: Source
    start: int
    next: int
    parcels: Parcels = field(repr=False)
    committed: int | None = None

    def __post_init__(self) -> None:
        check_span(self.source, self.start, self.next, self.parcels.offsets)


def check_span(source: Source, start: int, next_: int, offsets: Integers) -> None:
    """Refuse offsets outside [start, next) or out of order."""
    if not 0 <= start < next_:
        raise ValueError(f"{source}: expected 0 <= start < next, got {start} and {next_}")
    if len(offsets) == 0:
        return
    if offsets[0] < start or offsets[-1] >= next_ or (offsets[1:] <= offsets[:-1]).any():
        span = f"{offsets[0]} to {offsets[-1]}"
        raise ValueError(f"{source}: expected rising offsets in [{start}, {next_}), got {span}")
