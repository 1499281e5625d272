"""What a batch adds to the statistics of lanes, platforms, shipper countries and offices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import numpy as np

from schemas import lanes
from schemas.lanes import LANE_GROUPS, PER_NAT, LaneStats
from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes, mix
from scorers.features.tables import ManifestTable
from scorers.grouping import summed
from scorers.series import names_of, series_keys

_MAX_NAMES: Final = 200_000
_MOST: Final = 1e12
"""Bound of one parcel's cents and grams, so that sums stay within 64 bits."""

_SAMPLED: Final = 200
"""Shippers named a batch, about: who sends most comes up most in many of them."""

_CENTS: Final = 100
_GRAMS: Final = 1_000
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


class LaneTally:
    """Adds up batches by lane and second, by platform and second, and so on.

    The names of series are remembered, since they repeat from batch to batch.
    """

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def of(self, table: ManifestTable, logged: Integers) -> Iterator[tuple[str, LaneStats]]:
        """Yield a batch's sums under the keys of their groups; `logged` is in Unix seconds."""
        keys = series_keys(table).ravel()
        groups = summed(_by_second(keys, logged), _measures(table))
        homes = (keys[groups.firsts] % np.uint64(LANE_GROUPS)).astype(np.int64)
        groups, slices = groups.ordered(homes)
        parcels = groups.firsts % len(table)
        names = self._named(table, keys[groups.firsts].tolist(), groups.firsts)
        step = 1 + len(parcels) // _SAMPLED
        sampled = [parcels[part][::step] for _, part in slices]
        shippers = iter(table.some("consignor.id", np.concatenate(sampled)))
        since = int(logged.min())
        columns: list[Any] = [(logged[parcels] - since).tolist(), *groups.sums.tolist()]
        for (home, part), some in zip(slices, sampled, strict=True):
            summed_up = [tuple(column[part]) for column in columns]
            named = tuple(islice(shippers, len(some)))
            fields: list[Any] = [tuple(names[part]), since, *summed_up, step, named]
            yield f"lanes-{home}", LaneStats(lanes.SCHEMA_VERSION, *fields)

    def _named(self, table: ManifestTable, keys: list[int], rows: Integers) -> list[str]:
        """Return the name of each key; `rows` say in which kind and parcel it was found."""
        try:
            return list(map(self._names.__getitem__, keys))
        except KeyError:
            if len(self._names) > _MAX_NAMES:
                self._names.clear()
        new = [place for place, key in enumerate(keys) if key not in self._names]
        found = names_of(table, rows[new].tolist())
        self._names |= zip(map(keys.__getitem__, new), found, strict=True)
        return list(map(self._names.__getitem__, keys))


@compiled
def _by_second(keys: Hashes, seconds: Integers) -> Hashes:
    """Return keys of series and second; of those, `seconds` are the first ones and so on."""
    joined = np.empty_like(keys)
    rows = len(seconds)
    for first in range(0, len(keys), max(rows, 1)):
        for row in range(rows):
            joined[first + row] = mix(keys[first + row] * _ODD ^ np.uint64(seconds[row]))
    return joined


def _measures(table: ManifestTable) -> Integers:
    """Return parcels, those with a price, cents, grams, logarithms and their squares, as lines."""
    euros, kilograms = table.euros("total_value"), table.numbers("gross_weight_kg")
    priced = euros > 0
    logs = np.zeros(len(table))
    np.log(euros / kilograms, out=logs, where=priced)
    lines = (
        np.ones(len(table)),
        priced,
        np.where(priced, euros, 0.0) * _CENTS,
        kilograms * _GRAMS,
        logs * PER_NAT,
        logs * logs * PER_NAT,
    )
    return _whole(np.array(lines, dtype=np.float64))


def _whole(amounts: Floats) -> Integers:
    return np.rint(np.minimum(amounts, _MOST)).astype(np.int64)
