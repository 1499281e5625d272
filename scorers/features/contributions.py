"""What each feature adds to one parcel's logit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Contribution(NamedTuple):
    """What one feature adds, and the slot that its weight stands in."""

    name: str
    value: float
    slot: int


@dataclass(frozen=True, eq=False)
class Contributions:
    """The contributions of all features of a parcel, as columns."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    slots: npt.NDArray[np.int64]

    @classmethod
    def of(cls, parts: Sequence[Contribution]) -> Contributions:
        """Return single contributions as columns."""
        values = np.array([part.value for part in parts], dtype=np.float64)
        slots = np.array([part.slot for part in parts], dtype=np.int64)
        return cls(tuple(part.name for part in parts), values, slots)

    def value_of(self, name: str) -> float:
        """Return what one feature adds; 0 for one that there is not."""
        return float(self.values[self.names.index(name)]) if name in self.names else 0.0

    def __iter__(self) -> Iterator[Contribution]:
        return map(Contribution, self.names, self.values.tolist(), self.slots.tolist())
