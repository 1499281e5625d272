"""Entities that several parcels of a unit share: groups, and running sums within each."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.profiles.layout import TIME_BITS, TIME_MASK

Values = TypeVar("Values", bound=npt.NDArray[Any])


class _Rectangle(NamedTuple):
    """Groups of like size as columns, a line for each step; short ones repeat their last visit."""

    groups: Integers
    lasts: Integers
    visits: Integers
    is_later: npt.NDArray[np.bool_]


class Running(NamedTuple, Generic[Values]):
    """Running results where an entity has several visits.

    `before` has one for each of the visits `later`, which have predecessors; `whole` one for each
    of `groups`.
    """

    later: Integers
    before: Values
    groups: Integers
    whole: Values


class Groups:
    """A unit's visits (parcel and entity), those of one entity together, in order of the parcels.

    Groups are ordered by shard, then kind. `cells` (kind * parcels + parcel), `parcels` and
    `owners` (which group) are of visits; `starts`, `sizes`, `ids` and `places` (shard * kinds +
    kind) are of groups.
    """

    def __init__(self, ids: Hashes, shards: int) -> None:
        """Group visits. `ids` has a row for each kind, and 0 where a parcel has no such entity."""
        kinds, count = ids.shape
        visits = np.flatnonzero(ids)
        found = ids.ravel()[visits]
        places = visits // max(count, 1)
        if shards > 1:
            places += (found % np.uint64(shards)).astype(np.int64) * kinds
        order = _sorted_order(found, places, shards * kinds)
        visits, found, places = visits[order], found[order], places[order]
        begins = np.ones(len(visits), dtype=np.bool_)
        np.not_equal(found[1:], found[:-1], out=begins[1:])
        begins[1:] |= places[1:] != places[:-1]
        self.cells: Integers = visits
        self.parcels: Integers = visits % max(count, 1)
        self.owners: Integers = np.cumsum(begins) - 1
        self.starts: Integers = np.flatnonzero(begins)
        self.sizes: Integers = np.diff(np.append(self.starts, len(visits)))
        self.ids: Hashes = found[self.starts]
        self.places: Integers = places[self.starts]

    @property
    def ends(self) -> Integers:
        """The last visit of each group."""
        return self.starts + self.sizes - 1

    @cached_property
    def _rectangles(self) -> list[_Rectangle]:
        several = np.flatnonzero(self.sizes > 1)
        # Sizes 2, 3 to 4, 5 to 8 and so on.
        classes = np.frexp(self.sizes[several] - 1)[1]
        return [
            self._rectangle(several[classes == exponent], 1 << exponent)
            for exponent in np.flatnonzero(np.bincount(classes)).tolist()
        ]

    def _rectangle(self, groups: Integers, width: int) -> _Rectangle:
        steps = np.arange(width)[:, np.newaxis]
        lasts = self.sizes[groups] - 1
        visits = self.starts[groups] + np.minimum(steps, lasts)
        return _Rectangle(groups, lasts, visits, (steps <= lasts)[1:])

    def running(self, ufunc: np.ufunc, values: Values, rows: Integers) -> Running[Values]:
        """Return what `ufunc` makes of visits' predecessors, and of whole groups.

        `values[rows]` are those of the visits. A result depends on the predecessors only, bit for
        bit, not on what else is in the unit: each group is added up by itself, in its order.
        """
        later, before, groups, whole = [_NONE], [values[:0]], [_NONE], [values[:0]]
        for shape in self._rectangles:
            made = _accumulated(ufunc, taken(values, rows[shape.visits]))
            later.append(shape.visits[1:][shape.is_later])
            before.append(made[:-1][shape.is_later])
            groups.append(shape.groups)
            whole.append(made[shape.lasts, np.arange(len(shape.groups))])
        return Running(
            np.concatenate(later),
            np.concatenate(before),  # type: ignore[arg-type]
            np.concatenate(groups),
            np.concatenate(whole),  # type: ignore[arg-type]
        )

    def running_extremes(self, times: Integers) -> tuple[Integers, Integers]:
        """Return the earliest and latest time of each visit's group so far, itself included."""
        # Groups lie one above the other, so that one sweep serves them all.
        base = self.owners << TIME_BITS
        latest = np.maximum.accumulate(base | times) & TIME_MASK
        earliest = np.maximum.accumulate(base | (TIME_MASK - times)) & TIME_MASK
        return TIME_MASK - earliest, latest


def taken(values: Values, rows: Integers) -> Values:
    """Return `values[rows]`, for rows that exist: a fourth of the time that indexing takes."""
    return values.take(rows, axis=0, mode="clip")  # type: ignore[return-value]


_NONE: Final = np.zeros(0, dtype=np.int64)
_MOST_STEPS: Final = 16


def _sorted_order(found: Hashes, places: Integers, most: int) -> Integers:
    """Return the order by place and id that keeps the order of equals.

    Sorting numbers that hold place, upper bits of the id and index takes a third of an `argsort`.
    Where ids differ in their lower bits only, which is next to never, the long way is taken.
    """
    low = len(found).bit_length()
    high = most.bit_length()
    keys = found >> np.uint64(low + high) << np.uint64(low)
    keys |= places.astype(np.uint64) << np.uint64(64 - high)
    keys |= np.arange(len(found), dtype=np.uint64)
    keys.sort()
    order = (keys & np.uint64((1 << low) - 1)).astype(np.int64)
    keys >>= np.uint64(low)
    same = np.flatnonzero(keys[1:] == keys[:-1])
    if np.any(found[order[same + 1]] != found[order[same]]):
        return np.lexsort((found, places))
    return order


def _accumulated(ufunc: np.ufunc, grid: Values) -> Values:
    """Accumulate along the first axis, in place; step by step where that is the shorter way."""
    if len(grid) > _MOST_STEPS:
        return ufunc.accumulate(grid, axis=0, out=grid)  # type: ignore[return-value]
    for step in range(1, len(grid)):
        ufunc(grid[step - 1], grid[step], out=grid[step])
    return grid
