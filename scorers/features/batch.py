"""Hashed features of a batch of parcels, laid out for one gather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Features of one level: `slots` has a line for each feature, a column for each value.

    `rows[j]` is the parcel that column j belongs to, `scale[j]` its input value; both are None
    at parcel level, where column j is parcel j and the value 1.
    """

    names: tuple[str, ...]
    slots: Slots
    rows: npt.NDArray[np.int64] | None = None
    scale: Floats | None = None

    def sums(self, weights: npt.NDArray[np.float32], count: int) -> Floats:
        """Return the sum of weight x value for each of `count` parcels."""
        return self._by_parcel(weights[self.slots].sum(axis=0, dtype=np.float64), count)

    def contributions(self, weights: npt.NDArray[np.float32], parcel: int) -> Floats:
        """Return what each feature of this block adds to the logit of one parcel."""
        if self.rows is None or self.scale is None:
            return weights[self.slots[:, parcel]].astype(np.float64)
        mine = np.flatnonzero(self.rows == parcel)
        return weights[self.slots[:, mine]].astype(np.float64) @ self.scale[mine]

    def _by_parcel(self, sums: Floats, count: int) -> Floats:
        if self.rows is None or self.scale is None:
            return sums
        return np.bincount(self.rows, sums * self.scale, count).astype(np.float64)


@dataclass(frozen=True)
class FeatureBatch:
    """Hashed features of `count` parcels, and `prior`, the logit that the starter rules give."""

    count: int
    blocks: tuple[Block, ...]
    prior: Floats

    def logits(self, weights: npt.NDArray[np.float32]) -> Floats:
        """Return the logit of each parcel: prior and contributions."""
        total = self.prior.copy()
        for block in self.blocks:
            total += block.sums(weights, self.count)
        return total

    def contributions(self, weights: npt.NDArray[np.float32], parcel: int) -> dict[str, float]:
        """Return what each feature adds to one parcel's logit; with the prior they add up to it."""
        found: dict[str, float] = {}
        for block in self.blocks:
            values = block.contributions(weights, parcel)
            found.update(zip(block.names, values.tolist(), strict=True))
        return found

    def occurrences(self) -> tuple[Slots, npt.NDArray[np.int64], Floats]:
        """Return slot, parcel and input value of every feature occurrence, for learning."""
        slots, rows, values = [], [], []
        for block in self.blocks:
            features, columns = block.slots.shape
            owner = np.arange(columns) if block.rows is None else block.rows
            scale = np.ones(columns) if block.scale is None else block.scale
            slots.append(block.slots.ravel())
            rows.append(np.tile(owner, features))
            values.append(np.tile(scale, features))
        return np.concatenate(slots), np.concatenate(rows), np.concatenate(values)
