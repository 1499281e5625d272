"""What a unit adds to its entities, packed as records."""

from __future__ import annotations

from math import exp, isfinite, log1p
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Places
from scorers.profiles.grouping import Groups, grouped
from scorers.profiles.layout import (
    COUNTERPARTIES,
    KINDS,
    NOBODY,
    PARCEL,
    RECORD,
    REFERENCE,
    SHARED,
    SUMS,
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
_PARTIES: Final = np.array([KINDS.index(one) if one in KINDS else -1 for one in COUNTERPARTIES])
"""For each kind, that of its counterparty; -1 for the name."""

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
        self.bits = np.empty(parcels.ids.shape, dtype=np.int64)
        _sketch(parcels.ids, parcels.names, self.bits)
        self.near = parcels.near.astype(np.int64)
        self.places = packed_places(unit.source.partition, parcels.offsets)

    def deltas(self) -> Deltas:
        """Return what the unit adds to each group."""
        count = len(self.groups.ids)
        references, numbers = np.empty(count, dtype=REFERENCE), np.empty(count, dtype=np.int64)
        records = np.zeros(_refer(self.groups, self.bits, references, numbers), dtype=RECORD)
        near = self._put_shared(numbers, records)
        return Deltas(self._parcels(), records, references, near)

    def _parcels(self) -> Records:
        parcels = np.empty(self.count, dtype=PARCEL)
        parcels["shares"] = self.added[:, :3]
        parcels["amounts"] = self._amounts
        put_minutes(parcels, self.times, self.places)
        return parcels

    def _put_shared(self, numbers: Integers, records: Records) -> Integers:
        """Fill in the records of entities with several parcels; return how many of each entity's
        parcels are near."""
        sums, near = np.zeros((len(records), SUMS)), np.zeros(len(numbers), dtype=np.int64)
        spans = np.zeros((3, len(records)), dtype=np.int64)
        own = (self.added, self.times, self.places, self.near, self.bits)
        _add_up(self.groups.owners, numbers, *own, near, sums, spans, records)
        records["sums"] = sums
        put_times(records, *spans)
        return near


@compiled
def _refer(groups: Groups, bits: Integers, references: Records, numbers: Integers) -> int:
    """Set what each entity gets: its one parcel, or one of the records of those with several;
    `numbers` are then those of the records, -1 for none. Return how many records there are."""
    several = 0
    for entity in range(len(numbers)):
        first, kind = groups.firsts[entity], groups.places[entity] % bits.shape[0]
        numbers[entity] = -1
        number, bit = first, bits[kind, first]
        if groups.sizes[entity] > 1:
            numbers[entity] = number = several
            bit = SHARED
            several += 1
        references[entity].number, references[entity].bit = np.uint32(number), np.uint8(bit)
    return several


@compiled
def _add_up(
    owners: Places,
    numbers: Integers,
    added: Floats,
    times: Integers,
    places: Integers,
    near: Integers,
    bits: Integers,
    counts: Integers,
    sums: Floats,
    spans: Integers,
    records: Records,
) -> None:
    """Add up, in the order of parcels, how many are near; and of entities with a record sums,
    number, first and last time, place of the last parcel and sketch."""
    for kind in range(owners.shape[0]):
        for parcel in range(owners.shape[1]):
            owner = owners[kind, parcel]
            if owner < 0:
                continue
            counts[owner] += near[parcel]
            number = numbers[owner]
            if number < 0:
                continue
            for column in range(SUMS):
                sums[number, column] += added[parcel, column]
            record, now = records[number], times[parcel]
            spans[0, number] = min(spans[0, number], now) if record.total else now
            spans[1, number] = max(spans[1, number], now)
            spans[2, number] = places[parcel]
            record.total += np.uint32(1)
            record.sketch |= bit_of(bits[kind, parcel])


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


@compiled
def _sketch(ids: Hashes, names: Hashes, bits: Integers) -> None:
    """Set for each kind and parcel which bit its counterparty has in a sketch."""
    for kind in range(bits.shape[0]):
        for parcel in range(bits.shape[1]):
            party = _PARTIES[kind]
            value = names[parcel] if party < 0 else ids[party, parcel]
            bits[kind, parcel] = np.int64(value >> _SKETCH_SHIFT) if value else NOBODY
