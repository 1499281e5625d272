"""For each kind and parcel, the history of its entity: before the unit and earlier in it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.deltas import Visits
from scorers.profiles.layout import (
    COLUMN_WINDOWS,
    KINDS,
    SUMS,
    WINDOW_MINUTES,
    Records,
    places_of,
    times_of,
)
from scorers.profiles.units import Unit

_MOST_EXPONENT: Final = 700.0


class Before(NamedTuple):
    """The answer of the store: of each group, the record before the unit.

    `tails` has the three counts of some groups; those of others are 0. `generations` tells which
    generation's reference time a record's sums are relative to.
    """

    records: Records
    tails: Records
    generations: Integers


class History:
    """Columns of shape (kinds, parcels); NaN where a parcel has no such entity.

    Times are minutes from the layout's epoch, and NaN also where there is no earlier parcel.
    """

    def __init__(self, unit: Unit, visits: Visits, before: Before, period: int) -> None:
        self._unit = unit
        self._visits = visits
        self._before = before
        self._period = period
        groups = visits.groups
        self._shape = (len(KINDS), visits.count)
        # A cell without an entity has the group after the last one, which is nobody's.
        self._owners = np.full(len(KINDS) * visits.count, len(groups.starts))
        self._owners[groups.cells] = groups.owners
        self._later = visits.sums.later
        self._later_cells = groups.cells[self._later]

    def sums(self, columns: slice) -> Floats:
        """Return decayed sums, as of the parcel or of a later event that came before it.

        The first axis has the columns.
        """
        sums = np.take(self._old_sums(columns), self._owners, axis=1, mode="clip")
        # Column by column: a third of the time that both axes at once take.
        for column, earlier in zip(sums, self._visits.sums.before.T[columns], strict=True):
            column[self._later_cells] += earlier
        sums = sums.reshape(-1, *self._shape)
        sums *= self._decay[COLUMN_WINDOWS[columns]]
        return sums

    @cached_property
    def _decay(self) -> Floats:
        """What brings sums from the reference time to each cell's, by window.

        Where a later event came first, that is the time of this event: sums do not grow back.
        """
        times = np.fmax(self._visits.times, self.last)
        return _decay(times - self._visits.reference)

    def _old_sums(self, columns: slice) -> Floats:
        """Return sums before the unit relative to its reference time; the last ones are NaN."""
        known = self._before.records["sums"][:, columns]
        sums = np.empty((known.shape[1], len(known) + 1))
        sums[:, :-1], sums[:, -1] = known.T, np.nan
        ahead = self._before.generations * self._period - self._visits.reference
        if ahead.any():
            sums[:, :-1] *= _decay(-ahead)[COLUMN_WINDOWS[columns]]
        return sums

    @cached_property
    def total(self) -> Floats:
        """Number of parcels."""
        groups = self._visits.groups
        ranks = self._later - groups.starts[groups.owners[self._later]]
        return self._with_later(self._before.records["total"], ranks)

    @cached_property
    def near(self) -> Floats:
        """Number of parcels just below a threshold."""
        return self._with_later(self._counts("near"), self._visits.sums.before[:, SUMS])

    @cached_property
    def sketch(self) -> Hashes:
        """Sketch of the counterparties."""
        known: Hashes = self._before.records["sketch"]
        sketch = np.append(known, np.uint64(0))[self._owners]
        sketch[self._later_cells] |= self._visits.sketch.before
        found: Hashes = sketch.reshape(self._shape)
        return found

    @cached_property
    def inspected(self) -> Floats:
        """Number of inspected parcels."""
        return self._known(self._counts("inspected")).reshape(self._shape)

    @cached_property
    def violations(self) -> Floats:
        """Number of parcels found to be violations."""
        return self._known(self._counts("violations")).reshape(self._shape)

    @cached_property
    def first(self) -> Floats:
        """Time of the earliest event."""
        return self._extreme(np.fmin, self._known_times[0], self._visits.earliest)

    @cached_property
    def last(self) -> Floats:
        """Time of the latest event."""
        return self._extreme(np.fmax, self._known_times[1], self._visits.latest)

    @cached_property
    def place(self) -> tuple[Floats, Floats]:
        """Partition and offset (its lowest 36 bits) of the parcel before."""
        partitions, offsets = map(self._known_if_seen, places_of(self._before.records))
        former = self._visits.groups.parcels[self._later - 1]
        partitions[self._later_cells] = self._unit.source.partition
        offsets[self._later_cells] = self._unit.parcels.offsets[former]
        return partitions.reshape(self._shape), offsets.reshape(self._shape)

    @cached_property
    def _known_times(self) -> list[Floats]:
        return [self._known_if_seen(times) for times in times_of(self._before.records)]

    def _extreme(self, ufunc: np.ufunc, known: Floats, running: Integers) -> Floats:
        times = known.copy()
        times[self._later_cells] = ufunc(times[self._later_cells], running[self._later - 1])
        return times.reshape(self._shape)

    def _with_later(self, known: npt.NDArray[Any], more: npt.NDArray[Any]) -> Floats:
        """Return what was known, and what earlier parcels of the unit add to it."""
        values = self._known(known)
        values[self._later_cells] += more
        return values.reshape(self._shape)

    def _counts(self, name: str) -> Integers:
        counts = np.zeros(len(self._before.records), dtype=np.int64)
        counts[self._before.tails["row"]] = self._before.tails[name]
        return counts

    def _known_if_seen(self, values: Integers) -> Floats:
        return self._known(np.where(self._before.records["total"] > 0, values, np.nan))

    def _known(self, values: npt.NDArray[Any]) -> Floats:
        """Return the values of groups for each cell."""
        known: Floats = np.append(values.astype(np.float64), np.nan)[self._owners]
        return known


def _decay(minutes: npt.NDArray[Any]) -> Floats:
    """Return what is left of a sum after some time, by window."""
    exponents: Floats = np.multiply.outer(-1 / WINDOW_MINUTES, minutes)
    np.clip(exponents, -_MOST_EXPONENT, _MOST_EXPONENT, out=exponents)
    return np.exp(exponents, out=exponents)
