"""What a unit adds to its entities, packed as records."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.layout import (
    COUNTERPARTIES,
    KINDS,
    RECORD,
    SUMS,
    WINDOW_MINUTES,
    Records,
    minutes,
    packed_places,
    put_times,
)
from scorers.profiles.siblings import Groups
from scorers.profiles.units import Parcels, Unit

MOST_EURO: Final = 1e6
MOST_KG: Final = 1e4
"""A profile sums up no more of a single parcel, so that one absurd declaration cannot fill it."""

_CENTS: Final = 100.0
_SKETCH_SHIFT: Final = np.uint64(58)
_ONE: Final = np.uint64(1)
_LEAST_EXPONENT: Final = -700.0
_MINUTE: Final = 60


class Visits:
    """A unit's visits: who is visited, and what an entity's earlier visits in the unit add up to.

    `times`, `newest` and `reference` are minutes. Sums are relative to `reference`, the start of
    the period of the unit's newest event: an event `x` minutes after it weighs exp(x / window).
    `earliest` and `latest` are the times of each visit's entity so far, itself included.
    """

    def __init__(self, unit: Unit, shards: int, period: int, ahead: int) -> None:
        parcels = unit.parcels
        self.count = len(parcels)
        self.groups = Groups(parcels.ids, shards)
        self.times = minutes(np.minimum(parcels.submitted, parcels.logged + ahead * _MINUTE))
        self.newest = int(self.times.max(initial=0))
        self.generation = self.newest // period
        self.reference = self.generation * period
        rows = self.groups.parcels
        self._added = _contributions(parcels, self.times - self.reference)
        self.sums = self.groups.running(np.add, self._added, rows)
        self.earliest, self.latest = self.groups.running_extremes(self.times[rows])
        self._bits = _sketch_bits(parcels).ravel()
        self.sketch = self.groups.running(np.bitwise_or, self._bits, self.groups.cells)

    def records(self, unit: Unit) -> tuple[Records, Integers]:
        """Return what the unit adds to each group as a record, and how many were near."""
        groups, several = self.groups, self.sums.groups
        places = packed_places(unit.source.partition, unit.parcels.offsets)
        firsts = groups.parcels[groups.starts]
        # Most entities have a single visit, whose records differ in the sketch only.
        made = self._single_records(places).take(firsts)
        near = unit.parcels.near.astype(np.int64)[firsts]
        made["sketch"] = self._bits[groups.cells[groups.starts]]
        some = made[several]
        some["sums"] = self.sums.whole[:, :SUMS]
        some["total"] = groups.sizes[several]
        some["sketch"] = self.sketch.whole
        ends = groups.ends[several]
        put_times(some, self.earliest[ends], self.latest[ends], places[groups.parcels[ends]])
        made[several] = some
        near[several] = self.sums.whole[:, SUMS]
        return made, near

    def _single_records(self, places: Integers) -> Records:
        """Return for each parcel the record of an entity that has this parcel only."""
        made = np.zeros(self.count, dtype=RECORD)
        made["sums"] = self._added[:, :SUMS]
        made["total"] = 1
        put_times(made, self.times, self.times, places)
        return made


def _contributions(parcels: Parcels, since: Integers) -> Floats:
    """Return what each parcel adds to the sums, and whether it is near, as the last column."""
    weights = np.exp(np.maximum(since / WINDOW_MINUTES[:, np.newaxis], _LEAST_EXPONENT))
    found = np.empty((len(parcels), SUMS + 1))
    found[:, 0:3] = weights.T
    found[:, 3:6] = (weights * _amount(parcels.value, MOST_EURO)).T
    found[:, 6:9] = (weights * _amount(parcels.weight, MOST_KG)).T
    for column, price in ((9, parcels.unit_value), (11, parcels.value_per_kg)):
        logs = log_cents(price)
        found[:, column] = weights[2] * logs
        found[:, column + 1] = weights[2] * logs * logs
    found[:, SUMS] = parcels.near
    return found


def _amount(amounts: Floats, most: float) -> Floats:
    """Return amounts within bounds, 0 for what is no finite number."""
    return np.where(np.isfinite(amounts), np.minimum(np.maximum(amounts, 0.0), most), 0.0)


def log_cents(prices: Floats) -> Floats:
    """Return ln(1 + cents), which is defined for goods that are declared worth nothing.

    >>> log_cents(np.array([0.0, 18.9, np.nan])).round(3).tolist()
    [0.0, 7.545, 0.0]
    """
    return np.log1p(_CENTS * _amount(prices, MOST_EURO))


def _sketch_bits(parcels: Parcels) -> Hashes:
    """Return for each kind and parcel the bit of its counterparty, none where that is unknown."""
    parties = {"name": parcels.names, **dict(zip(KINDS, parcels.ids, strict=True))}
    bits = {name: _bits(parties[name]) for name in set(COUNTERPARTIES)}
    return np.stack([bits[name] for name in COUNTERPARTIES])


def _bits(hashes: Hashes) -> Hashes:
    return np.where(hashes == 0, np.uint64(0), _ONE << (hashes >> _SKETCH_SHIFT))
