"""For each kind and parcel, the history of its entity: before the unit and earlier in it."""

from __future__ import annotations

from math import exp, sqrt
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Places
from scorers.profiles.deltas import Visits, bit_of
from scorers.profiles.layout import KINDS, SUMS, WINDOW_MINUTES, Records, places_of, times_of

Quantities = npt.NDArray[np.float32]

COLUMNS: Final = (
    *("count_24h", "count_7d", "count_30d"),
    *("value_24h", "value_7d", "value_30d"),
    *("weight_24h", "weight_7d", "weight_30d"),
    *("usual_unit_value", "spread_of_unit_value"),
    *("usual_value_per_kg", "spread_of_value_per_kg"),
    *("total", "near_share", "distinct"),
    *("age_hours", "idle_hours", "inspected", "violations"),
)
"""What is known of an entity, in the order of the first axis of quantities."""

_USUAL, _TOTAL, _NEAR_SHARE, _DISTINCT = 9, 13, 14, 15
_AGE, _IDLE, _INSPECTED, _VIOLATIONS = 16, 17, 18, 19

NEVER: Final = -1
"""The place of the parcel before, where there was none."""

_MOST_EXPONENT: Final = 700.0
_HOUR: Final = 60.0
_CELLS: Final = 64
_ESTIMATES: Final = _CELLS * np.log(_CELLS / np.maximum(np.arange(_CELLS + 1), 1))
"""By the number of empty cells; a full sketch is taken to have one left."""


class Before(NamedTuple):
    """The answer of the store: of each group, the record before the unit.

    `tails` has the three counts of some groups; those of others are 0. `generations` tells which
    generation's reference time the sums of each shard's records are relative to.
    """

    records: Records
    tails: Records
    generations: Integers


class _State(NamedTuple):
    """What is known of each group: by the store at first, with each parcel's visit more."""

    sums: Floats
    totals: Integers
    firsts: Integers
    lasts: Integers
    places: Integers
    sketches: Hashes
    counts: Integers


def look_back(
    visits: Visits,
    before: Before,
    period: int,
    rows: Places,
    quantities: Quantities,
    places: Integers,
) -> None:
    """Fill in what each parcel saw, in columns `rows` of arrays by kind and parcel.

    Parcels see each other in their order; what one sees depends on those before it only, bit for
    bit. Sums are as of the parcel, or of a later event that came before it: they do not grow back.
    """
    _look_back(
        visits.groups.owners,
        visits.times,
        visits.times - visits.reference,
        visits.added,
        visits.near,
        visits.bits,
        visits.places,
        *_state(visits, before, period),
        WINDOW_MINUTES,
        _ESTIMATES,
        rows,
        quantities,
        places,
    )


def _state(visits: Visits, before: Before, period: int) -> _State:
    records = before.records
    sums = records["sums"].astype(np.float64)
    ahead = before.generations * period - visits.reference
    if ahead.any():
        shards = visits.groups.places // len(KINDS)
        sums *= _brought(-ahead)[shards]
    counts = np.zeros((len(records), 3), dtype=np.int64)
    for column, name in enumerate(("near", "inspected", "violations")):
        counts[before.tails["row"], column] = before.tails[name]
    totals = records["total"].astype(np.int64)
    places = np.where(totals > 0, places_of(records), NEVER)
    return _State(sums, totals, *times_of(records), places, records["sketch"].copy(), counts)


def _brought(minutes: Integers) -> Floats:
    """Return factors that bring sums to a later reference time, for each shard and column."""
    exponents = np.multiply.outer(minutes, -1 / WINDOW_MINUTES)
    factors = np.exp(np.clip(exponents, -_MOST_EXPONENT, _MOST_EXPONENT))
    return np.take(factors, [0, 1, 2] * 3 + [2] * 4, axis=1)


@compiled
def _look_back(
    owners: Places,
    times: Integers,
    since: Integers,
    added: Floats,
    near: Integers,
    bits: Integers,
    own_places: Integers,
    sums: Floats,
    totals: Integers,
    firsts: Integers,
    lasts: Integers,
    last_places: Integers,
    sketches: Hashes,
    counts: Integers,
    windows: Floats,
    estimates: Floats,
    rows: Places,
    quantities: Quantities,
    places: Integers,
) -> None:
    decay = np.empty(3)
    for kind in range(owners.shape[0]):
        for parcel in range(owners.shape[1]):
            row, at, now = rows[parcel], owners[kind, parcel], times[parcel]
            if at < 0:
                quantities[:, kind, row] = np.nan
                places[kind, row] = NEVER
                continue
            known = totals[at] > 0
            later = max(lasts[at] - now, 0) if known else 0
            for window in range(3):
                decay[window] = _left(since[parcel] + later, windows[window])
            found = quantities[:, kind, row]
            _tell_sums(sums[at], decay, found)
            _tell_counts(totals[at], counts[at], sketches[at], estimates, found)
            found[_AGE] = max(now - firsts[at], 0) / _HOUR if known else np.nan
            found[_IDLE] = max(now - lasts[at], 0) / _HOUR if known else np.nan
            places[kind, row] = last_places[at]
            for column in range(SUMS):
                sums[at, column] += added[parcel, column]
            totals[at] += 1
            counts[at, 0] += near[parcel]
            firsts[at] = min(firsts[at], now) if known else now
            lasts[at] = max(lasts[at], now) if known else now
            last_places[at] = own_places[parcel]
            sketches[at] |= bit_of(bits[kind, parcel])


@compiled
def _left(minutes: int, window: float) -> float:
    """Return what brings a sum from the reference time to one some minutes later."""
    return exp(max(min(-minutes / window, _MOST_EXPONENT), -_MOST_EXPONENT))


@compiled
def _tell_sums(sums: Floats, decay: Floats, found: Quantities) -> None:
    """Tell decayed sums, and mean and standard deviation of the logarithms."""
    for column in range(_USUAL):
        found[column] = sums[column] * decay[column % 3]
    count = sums[2] * decay[2]
    for column in (_USUAL, _USUAL + 2):
        mean = sums[column] * decay[2] / count if count > 0 else np.nan
        square = sums[column + 1] * decay[2] / count if count > 0 else np.nan
        found[column] = mean
        found[column + 1] = sqrt(max(square - mean * mean, 0.0)) if count > 0 else np.nan


@compiled
def _tell_counts(
    total: int, counts: Integers, sketch: np.uint64, estimates: Floats, found: Quantities
) -> None:
    """Tell exact counts, and how many different counterparties the sketch has seen."""
    found[_TOTAL] = total
    found[_NEAR_SHARE] = counts[0] / total if total > 0 else np.nan
    found[_DISTINCT] = estimates[_CELLS - _bits_in(sketch)]
    found[_INSPECTED] = counts[1]
    found[_VIOLATIONS] = counts[2]


@compiled
def _bits_in(word: np.uint64) -> int:
    found = 0
    while word != np.uint64(0):
        word &= word - np.uint64(1)
        found += 1
    return found
