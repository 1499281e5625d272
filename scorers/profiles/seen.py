"""What each parcel of a unit saw in the profiles of its entities before it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from scorers.features.batch import Integers
from scorers.features.texts import Places
from scorers.profiles.deltas import Visits
from scorers.profiles.history import COLUMNS, Before, Quantities, look_back
from scorers.profiles.layout import KINDS, place_of
from scorers.profiles.orders import Orders
from scorers.profiles.units import Unit


class Seen:
    """Columns of what the parcels of a unit saw, of shape (kinds, parcels), kinds as in `KINDS`.

    Windowed quantities have a first axis of three: 24 hours, 7 days, 30 days. NaN where a parcel
    has no such entity; where an entity was never seen before, counts and sums are 0, and what is
    then unknown is NaN. Times are hours, 0 for an entity that has been seen by later events only.
    `next` is where the unit ends, `orders` what its orders say.
    """

    def __init__(
        self, unit: Unit, visits: Visits, before: Before, orders: Orders, period: int
    ) -> None:
        self.source = unit.source
        self.next = unit.next
        self.orders = orders
        self._visits = visits
        self._before = before
        self._period = period

    def __len__(self) -> int:
        return self._visits.count

    def put(self, rows: Places, quantities: Quantities, places: Integers) -> None:
        """Put all that was seen into columns `rows` of the arrays of a batch.

        `quantities` has the shape (`COLUMNS`, kinds, parcels). `places` are those of the entities'
        parcels before, below 0 where there was none.
        """
        look_back(self._visits, self._before, self._period, rows, quantities, places)

    @cached_property
    def _all(self) -> tuple[Quantities, Integers]:
        shape = (len(KINDS), len(self))
        quantities = np.empty((len(COLUMNS), *shape), dtype=np.float32)
        places = np.empty(shape, dtype=np.int64)
        self.put(np.arange(len(self)), quantities, places)
        return quantities, places

    def _columns(self, first: str, count: int) -> Quantities:
        at = COLUMNS.index(first)
        return self._all[0][at : at + count]

    def _column(self, name: str) -> Quantities:
        column: Quantities = self._all[0][COLUMNS.index(name)]
        return column

    @property
    def counts(self) -> Quantities:
        """Decayed number of parcels."""
        return self._columns("count_24h", 3)

    @property
    def values(self) -> Quantities:
        """Decayed sum of values, euro."""
        return self._columns("value_24h", 3)

    @property
    def weights(self) -> Quantities:
        """Decayed sum of weights, kilograms."""
        return self._columns("weight_24h", 3)

    @property
    def log_unit_value(self) -> Quantities:
        """Mean and standard deviation of ln(1 + cents) a unit, over 30 days."""
        return self._columns("usual_unit_value", 2)

    @property
    def log_value_per_kg(self) -> Quantities:
        """Mean and standard deviation of ln(1 + cents per kilogram), over 30 days."""
        return self._columns("usual_value_per_kg", 2)

    @property
    def total(self) -> Quantities:
        """Number of parcels since the entity was last forgotten."""
        return self._column("total")

    @property
    def near_share(self) -> Quantities:
        """Share of parcels declared just below a threshold."""
        return self._column("near_share")

    @property
    def distinct(self) -> Quantities:
        """Estimated number of distinct counterparties, by linear counting in 64 cells.

        Good to about a fifth up to 100, and never more than 266. Those of former periods count
        half. Source: Whang et al., ACM TODS 15(2), 1990.
        """
        return self._column("distinct")

    @property
    def inspected(self) -> Quantities:
        """Number of parcels that were inspected."""
        return self._column("inspected")

    @property
    def violations(self) -> Quantities:
        """Number of parcels in which an inspection found a violation."""
        return self._column("violations")

    @property
    def age_hours(self) -> Quantities:
        """Hours since the entity was first seen; NaN if never."""
        return self._column("age_hours")

    @property
    def idle_hours(self) -> Quantities:
        """Hours since the entity was last seen; NaN if never."""
        return self._column("idle_hours")

    @property
    def former(self) -> tuple[Integers, Integers]:
        """Partition and offset (their lowest bits) of the entity's parcel before; -1 if none."""
        return place_of(self._all[1])
