"""Hashed features of a batch of parcels, laid out for one gather."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.contributions import Contributions

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Slots = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """Features of one level: `slots` has a line for each feature, a column for each value.

    A feature's input value is its scale in `scales`, times `share[j]` for column j of parcel
    `rows[j]`. At parcel level `rows` and `share` are None: column j is parcel j, its share 1.
    """

    names: tuple[str, ...]
    scales: Floats
    slots: Slots
    rows: Integers | None = None
    share: Floats | None = None

    def sums(self, weights: Weights, count: int) -> Floats:
        """Return the sum of weight x input value for each of `count` parcels."""
        sums = np.zeros(self.slots.shape[1])
        _add_up(self.slots, self.scales, weights, sums)
        if self.rows is None or self.share is None:
            return sums
        return np.bincount(self.rows, sums * self.share, count).astype(np.float64)

    def contributions(self, weights: Weights, parcels: Integers) -> tuple[Floats, Slots]:
        """Return what each feature of this block adds to some parcels' logits, and its slot.

        A feature with several values is one contribution, with the slot of its largest.
        """
        if self.rows is None or self.share is None:
            slots = self.slots[:, parcels]
            return self.scales[:, None] * weights[slots], slots
        firsts, ends = np.searchsorted(self.rows, (parcels, parcels + 1))
        sums = np.zeros((len(self.names), len(parcels)))
        slots = np.zeros(sums.shape, dtype=np.uint32)
        _sum_parts(self.slots, self.share, weights, firsts, ends, sums, slots)
        return self.scales[:, None] * sums, slots

    def part(self, start: int, end: int) -> Block:
        """Return the columns of the parcels from `start` to before `end`."""
        if self.rows is None or self.share is None:
            return replace(self, slots=self.slots[:, start:end])
        first, last = np.searchsorted(self.rows, (start, end))
        rows = self.rows[first:last] - start
        return replace(
            self, slots=self.slots[:, first:last], rows=rows, share=self.share[first:last]
        )

    def occurrences(self) -> tuple[Slots, Integers, Floats]:
        """Return slot, parcel and input value of every occurrence of a feature."""
        columns = self.slots.shape[1]
        owners = np.arange(columns) if self.rows is None else self.rows
        share = np.ones(columns) if self.share is None else self.share
        rows = np.empty(self.slots.size, dtype=np.int64)
        values = np.empty(self.slots.size)
        _repeat(owners, share, self.scales, rows, values)
        return self.slots.ravel(), rows, values


@dataclass(frozen=True)
class FeatureBatch:
    """Hashed features of `count` parcels, and `prior`, the logit that the starter rules give.

    `combinations` are those of which `scorers.novelty` counts how often they are seen.
    """

    count: int
    blocks: tuple[Block, ...]
    prior: Floats
    combinations: Block

    def part(self, start: int, end: int) -> FeatureBatch:
        """Return the parcels from `start` to before `end`."""
        blocks = tuple(block.part(start, end) for block in self.blocks)
        combinations = self.combinations.part(start, end)
        return FeatureBatch(end - start, blocks, self.prior[start:end], combinations)

    def logits(self, weights: Weights) -> Floats:
        """Return the logit of each parcel: prior and contributions."""
        total = self.prior.copy()
        for block in self.blocks:
            total += block.sums(weights, self.count)
        return total

    def contributions(self, weights: Weights, parcels: Sequence[int]) -> Contributions:
        """Return what each feature adds to some parcels' logits; with the prior it adds up to them.

        Parcels are in increasing order; each must have an item and a word, if there are such
        blocks.
        """
        at = np.array(parcels, dtype=np.int64)
        values, slots = zip(
            *(block.contributions(weights, at) for block in self.blocks), strict=True
        )
        return Contributions(self.names, np.concatenate(values), np.concatenate(slots))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all features, the same object for all batches of the same ones."""
        return _together(*[block.names for block in self.blocks])

    def occurrences(self) -> tuple[Slots, Integers, Floats]:
        """Return slot, parcel and input value of every occurrence of a feature, for learning."""
        parts = [block.occurrences() for block in self.blocks]
        slots, rows, values = (np.concatenate(column) for column in zip(*parts, strict=True))
        return slots, rows, values


@lru_cache(maxsize=8)
def _together(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(several))


@compiled
def _add_up(slots: Slots, scales: Floats, weights: Weights, sums: Floats) -> None:
    """Add weight x scale of each feature to the sums of its columns.

    Feature by feature: a sum is rounded in one and the same order, however many columns there are.
    """
    for feature in range(len(scales)):
        for column in range(len(sums)):
            sums[column] += scales[feature] * weights[slots[feature, column]]


@compiled
def _repeat(
    owners: Integers, share: Floats, scales: Floats, rows: Integers, values: Floats
) -> None:
    """Write owners and input values, for one feature after the other."""
    end = 0
    for scale in scales:
        for column in range(len(owners)):
            rows[end] = owners[column]
            values[end] = scale * share[column]
            end += 1


@compiled
def _sum_parts(
    slots: Slots,
    share: Floats,
    weights: Weights,
    firsts: Integers,
    ends: Integers,
    sums: Floats,
    largest: Slots,
) -> None:
    """Write the sum of weight x share of each feature and parcel, and the slot of its largest."""
    for feature in range(len(sums)):
        for parcel in range(len(firsts)):
            highest = -np.inf
            for column in range(firsts[parcel], ends[parcel]):
                slot = slots[feature, column]
                added = weights[slot] * share[column]
                sums[feature, parcel] += added
                if added > highest:
                    highest = added
                    largest[feature, parcel] = slot
