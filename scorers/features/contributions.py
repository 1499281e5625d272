"""What each feature adds to the logits of some parcels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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
    """The contributions to parcels: a line for each feature, a column for each parcel."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    slots: npt.NDArray[np.uint32]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The line of each feature."""
        return {name: place for place, name in enumerate(self.names)}

    def of(self, parcel: int) -> Iterator[Contribution]:
        """Yield what each feature adds to the parcel of a column."""
        values, slots = self.values[:, parcel], self.slots[:, parcel]
        return map(Contribution, self.names, values.tolist(), slots.tolist())
