"""What each parcel of a unit saw in the profiles of its entities before it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats
from scorers.profiles.deltas import Visits
from scorers.profiles.history import Before, History
from scorers.profiles.layout import (
    COUNT_COLUMNS,
    UNIT_VALUE_COLUMNS,
    VALUE_COLUMNS,
    VALUE_PER_KG_COLUMNS,
    WEIGHT_COLUMNS,
)
from scorers.profiles.orders import Orders
from scorers.profiles.units import Unit

_HOUR: Final = 60.0
_CELLS: Final = 64
_ESTIMATES: Final = _CELLS * np.log(_CELLS / np.maximum(np.arange(_CELLS + 1), 1))
"""By the number of empty cells; a full sketch is taken to have one left."""


class Seen:
    """Columns of what the parcels of a unit saw, of shape (kinds, parcels), kinds as in `KINDS`.

    Windowed quantities have a first axis of three: 24 hours, 7 days, 30 days. NaN where a parcel
    has no such entity; where an entity was never seen before, counts and sums are 0, and what is
    then unknown is NaN. `next` is where the unit ends, `orders` what its orders say.
    """

    def __init__(
        self, unit: Unit, visits: Visits, before: Before, orders: Orders, period: int
    ) -> None:
        self.source = unit.source
        self.next = unit.next
        self.orders = orders
        self._times = visits.times
        self._history = History(unit, visits, before, period)

    def __len__(self) -> int:
        return len(self._times)

    @cached_property
    def counts(self) -> Floats:
        """Decayed number of parcels."""
        return self._history.sums(COUNT_COLUMNS)

    @cached_property
    def values(self) -> Floats:
        """Decayed sum of values, euro."""
        return self._history.sums(VALUE_COLUMNS)

    @cached_property
    def weights(self) -> Floats:
        """Decayed sum of weights, kilograms."""
        return self._history.sums(WEIGHT_COLUMNS)

    @cached_property
    def log_unit_value(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of ln(1 + cents) a unit, over 30 days."""
        return self._moments(UNIT_VALUE_COLUMNS)

    @cached_property
    def log_value_per_kg(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of ln(1 + cents per kilogram), over 30 days."""
        return self._moments(VALUE_PER_KG_COLUMNS)

    @cached_property
    def total(self) -> Floats:
        """Number of parcels since the entity was last forgotten."""
        return self._history.total

    @cached_property
    def near_share(self) -> Floats:
        """Share of parcels declared just below a threshold."""
        return _ratio(self._history.near, self._history.total)

    @cached_property
    def distinct(self) -> Floats:
        """Estimated number of distinct counterparties, by linear counting in 64 cells.

        Good to about a fifth up to 100, and never more than 266. Those of former periods count
        half. Source: Whang et al., ACM TODS 15(2), 1990.
        """
        empty = _CELLS - np.bitwise_count(self._history.sketch).astype(np.int64)
        return np.where(np.isnan(self.total), np.nan, _ESTIMATES[empty])

    @cached_property
    def inspected(self) -> Floats:
        """Number of parcels that were inspected."""
        return self._history.inspected

    @cached_property
    def violations(self) -> Floats:
        """Number of parcels in which an inspection found a violation."""
        return self._history.violations

    def violation_rate(self, prior: float, strength: float) -> Floats:
        """Return violations per inspection, smoothed by `strength` inspections at rate `prior`."""
        return (self.violations + prior * strength) / (self.inspected + strength)

    @cached_property
    def age_hours(self) -> Floats:
        """Hours since the entity was first seen; NaN if never, 0 if only by later events."""
        return self._hours_since(self._history.first)

    @cached_property
    def idle_hours(self) -> Floats:
        """Hours since the entity was last seen; NaN if never, 0 if by a later event."""
        return self._hours_since(self._history.last)

    @property
    def former(self) -> tuple[Floats, Floats]:
        """Partition and offset of the entity's parcel before; NaN if there was none.

        Of a parcel in a former unit, it is the lowest 36 bits of the offset.
        """
        return self._history.place

    def _moments(self, columns: slice) -> tuple[Floats, Floats]:
        sums, weight = self._history.sums(columns), self.counts[-1]
        mean = _ratio(sums[0], weight)
        variance = _ratio(sums[1], weight) - mean * mean
        return mean, np.sqrt(np.maximum(variance, 0.0))

    def _hours_since(self, minute: Floats) -> Floats:
        return np.maximum(self._times - minute, 0.0) / _HOUR


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Floats:
    """Return above / below, NaN where that is no number."""
    known = below > 0
    unknown: Floats = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=unknown, where=known)
    return unknown
