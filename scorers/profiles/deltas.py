"""What a unit adds to its entities, packed as records."""

from __future__ import annotations

from math import exp, isfinite, log1p
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Places
from scorers.profiles.grouping import grouped
from scorers.profiles.layout import (
    COUNTERPARTIES,
    KINDS,
    NOBODY,
    PARCEL,
    RECORD,
    REFERENCE,
    SHARED,
    SUMS,
    TIME_MASK,
    WINDOW_MINUTES,
    Records,
    minutes,
    packed_places,
    put_minutes,
    put_times,
)
from scorers.profiles.units import Parcels, Unit

MOST_EURO: Final = 1e6
MOST_KG: Final = 1e4
"""A profile sums up no more of a single parcel, so that one absurd declaration cannot fill it."""

_CENTS: Final = 100.0
_SKETCH_SHIFT: Final = np.uint64(58)
_ONE: Final = np.uint64(1)
_LEAST_EXPONENT: Final = -700.0
_MINUTE: Final = 60


class Deltas(NamedTuple):
    """What a unit adds to its entities.

    `parcels` has what each parcel adds to an entity that it is alone in, `records` what several
    add to theirs. `references` tells which of them each entity gets, `near` how many of its
    parcels are near a threshold.
    """

    parcels: Records
    records: Records
    references: Records
    near: Integers


class Visits:
    """A unit's visits: who is visited, when, and what each parcel adds to the sums.

    `times`, `newest` and `reference` are minutes. Sums are relative to `reference`, the start of
    the period of the unit's newest event: an event `x` minutes after it weighs exp(x / window).
    """

    def __init__(self, unit: Unit, shards: int, period: int, ahead: int) -> None:
        parcels = unit.parcels
        self.count = len(parcels)
        self.groups = grouped(parcels.ids, shards)
        self.times = minutes(np.minimum(parcels.submitted, parcels.logged + ahead * _MINUTE))
        self.newest = int(self.times.max(initial=0))
        self.generation = self.newest // period
        self.reference = self.generation * period
        self.added, self._amounts = _contributions(parcels, self.times - self.reference)
        self.bits = _sketch_bits(parcels)
        self.near = parcels.near.astype(np.int64)
        self.places = packed_places(unit.source.partition, parcels.offsets)

    def deltas(self) -> Deltas:
        """Return what the unit adds to each group."""
        groups = self.groups
        several = np.flatnonzero(groups.sizes > 1)
        references = np.empty(len(groups.ids), dtype=REFERENCE)
        references["number"] = groups.firsts
        references["bit"] = self.bits[groups.places % len(KINDS), groups.firsts]
        references["number"][several] = np.arange(len(several))
        references["bit"][several] = SHARED
        records, near = np.zeros(len(several), dtype=RECORD), self.near[groups.firsts]
        near[several] = self._put_shared(several, records)
        records["total"] = groups.sizes[several]
        return Deltas(self._parcels(), records, references, near)

    def _parcels(self) -> Records:
        parcels = np.empty(self.count, dtype=PARCEL)
        parcels["shares"] = self.added[:, :3]
        parcels["amounts"] = self._amounts
        put_minutes(parcels, self.times, self.places)
        return parcels

    def _put_shared(self, several: Integers, records: Records) -> Integers:
        """Fill in the records of entities with several parcels; return how many are near."""
        size = len(records)
        sums, numbers = np.zeros((size, SUMS)), np.full(len(self.groups.ids), -1)
        numbers[several] = np.arange(size)
        first, last = np.full(size, TIME_MASK), np.zeros(size, dtype=np.int64)
        near, places = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        _add_up(self.groups.owners, numbers, self.added, self.near, sums, near)
        sketches = np.zeros(size, dtype=np.uint64)
        _look_over(
            self.groups.owners,
            numbers,
            self.times,
            self.places,
            self.bits,
            first,
            last,
            places,
            sketches,
        )
        records["sums"], records["sketch"] = sums, sketches
        put_times(records, first, last, places)
        return near


@compiled
def _add_up(
    owners: Places, numbers: Places, added: Floats, near: Integers, sums: Floats, counts: Integers
) -> None:
    """Add up what parcels add to entities whose number is 0 or more, in the order of parcels."""
    for kind in range(owners.shape[0]):
        for parcel in range(owners.shape[1]):
            owner = owners[kind, parcel]
            if owner < 0 or numbers[owner] < 0:
                continue
            number = numbers[owner]
            for column in range(SUMS):
                sums[number, column] += added[parcel, column]
            counts[number] += near[parcel]


@compiled
def _look_over(
    owners: Places,
    numbers: Places,
    times: Integers,
    places: Integers,
    bits: Integers,
    first: Integers,
    last: Integers,
    latest: Integers,
    sketches: Hashes,
) -> None:
    """Note first and last time, place of the last parcel and sketch of the same entities."""
    for kind in range(owners.shape[0]):
        for parcel in range(owners.shape[1]):
            owner = owners[kind, parcel]
            if owner < 0 or numbers[owner] < 0:
                continue
            number = numbers[owner]
            first[number] = min(first[number], times[parcel])
            last[number] = max(last[number], times[parcel])
            latest[number] = places[parcel]
            sketches[number] |= bit_of(bits[kind, parcel])


@compiled
def bit_of(number: int) -> np.uint64:
    """Return a sketch with one bit, with none for `NOBODY`."""
    return _ONE << np.uint64(number) if number < NOBODY else np.uint64(0)


def _contributions(parcels: Parcels, since: Integers) -> tuple[Floats, Floats]:
    """Return what each parcel adds to the sums; and value, weight and logarithms it is made of."""
    found, amounts = np.empty((len(parcels), SUMS)), np.empty((len(parcels), 4))
    _contribute(
        since,
        parcels.value,
        parcels.weight,
        parcels.unit_value,
        parcels.value_per_kg,
        WINDOW_MINUTES,
        amounts,
        found,
    )
    return found, amounts


@compiled
def _contribute(
    since: Integers,
    values: Floats,
    weights: Floats,
    unit_values: Floats,
    values_per_kg: Floats,
    windows: Floats,
    amounts: Floats,
    found: Floats,
) -> None:
    for parcel in range(len(since)):
        value, weight = _amount(values[parcel], MOST_EURO), _amount(weights[parcel], MOST_KG)
        for window in range(3):
            share = exp(max(since[parcel] / windows[window], _LEAST_EXPONENT))
            found[parcel, window] = share
            found[parcel, 3 + window] = share * value
            found[parcel, 6 + window] = share * weight
        unit, kilo = log_cents(unit_values[parcel]), log_cents(values_per_kg[parcel])
        share = found[parcel, 2]
        found[parcel, 9], found[parcel, 10] = share * unit, share * unit * unit
        found[parcel, 11], found[parcel, 12] = share * kilo, share * kilo * kilo
        amounts[parcel, 0], amounts[parcel, 1] = value, weight
        amounts[parcel, 2], amounts[parcel, 3] = unit, kilo


@compiled
def _amount(amount: float, most: float) -> float:
    """Return an amount within bounds, 0 for what is no finite number."""
    return min(max(amount, 0.0), most) if isfinite(amount) else 0.0


@compiled
def log_cents(price: float) -> float:
    """Return ln(1 + cents), which is defined for goods that are declared worth nothing.

    >>> [round(log_cents(price), 3) for price in (0.0, 18.9, float("nan"))]
    [0.0, 7.545, 0.0]
    """
    return log1p(_CENTS * _amount(price, MOST_EURO))


def _sketch_bits(parcels: Parcels) -> Integers:
    """Return for each kind and parcel which bit its counterparty has in a sketch."""
    parties = {"name": parcels.names, **dict(zip(KINDS, parcels.ids, strict=True))}
    bits = {name: _bits(parties[name]) for name in set(COUNTERPARTIES)}
    return np.stack([bits[name] for name in COUNTERPARTIES])


def _bits(hashes: Hashes) -> Integers:
    found = (hashes >> _SKETCH_SHIFT).astype(np.int64)
    return np.where(hashes == 0, NOBODY, found)
