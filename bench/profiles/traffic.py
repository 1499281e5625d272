"""Parcels of a given number of entities, as the store sees them: hashes and amounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, mixed
from scorers.profiles import KINDS, Parcels, Source, Unit

START: Final = 1_793_491_200
"""2026-11-01T00:00:00Z."""

_SHARES: Final = {"consignee": 0.44, "address": 0.44, "shipper": 0.02, "seller": 0.06}
_MOST: Final = {"ioss": 200, "lane": 500}
"""Entities of these kinds do not grow with the rest; they are at most a hundredth each."""

_SECONDS_BETWEEN: Final = 2
_NEAR_SHARE: Final = 0.03
_WITHOUT_IOSS: Final = 0.5


@dataclass(frozen=True)
class Traffic:
    """A stream with `entities` entities, mixed like the simulator's parcels.

    Persons and their addresses go together, but for one parcel in ten.
    """

    entities: int
    seed: int = 1

    def population(self, kind: str) -> int:
        """Return the number of entities of a kind."""
        if kind in _MOST:
            return max(min(_MOST[kind], self.entities // 100), 1)
        return int(self.entities * _SHARES[kind])

    def visiting_all(self, size: int) -> Iterator[Unit]:
        """Yield units that visit every entity at least once."""
        count = self.population("consignee")
        for first in range(0, count, size):
            numbers = np.arange(first, min(first + size, count))
            rng = np.random.default_rng((self.seed, 0, first))
            visited = {kind: numbers % self.population(kind) for kind in KINDS}
            yield self._unit(rng, visited, first, len(numbers), orders=False)

    def units(self, size: int, count: int, start: int, partition: int = 0) -> Iterator[Unit]:
        """Yield units of ordinary traffic, from an offset on."""
        for first in range(start, start + size * count, size):
            rng = np.random.default_rng((self.seed, 1 + partition, first))
            visited = {kind: self._drawn(rng, kind, size) for kind in KINDS}
            elsewhere = rng.random(size) < 0.1
            visited["address"] = np.where(elsewhere, visited["address"], visited["consignee"])
            yield self._unit(rng, visited, first, size, partition)

    def _drawn(self, rng: np.random.Generator, kind: str, size: int) -> Integers:
        """Draw entities: persons evenly, others by Zipf's law (the k-th largest has 1/k)."""
        drawn, most = rng.random(size), self.population(kind)
        if kind in ("consignee", "address"):
            return (drawn * most).astype(np.int64)
        return (most**drawn).astype(np.int64) - 1

    def _unit(
        self,
        rng: np.random.Generator,
        visited: dict[str, Integers],
        first: int,
        size: int,
        partition: int = 0,
        orders: bool = True,
    ) -> Unit:
        ids = np.stack([_hashes(row, visited[kind]) for row, kind in enumerate(KINDS)])
        ids[KINDS.index("ioss"), rng.random(size) < _WITHOUT_IOSS] = 0
        offsets = np.arange(first, first + size)
        times = START + offsets * _SECONDS_BETWEEN - rng.integers(0, 3_600, size)
        value, weight = rng.lognormal(2.5, 1.0, size).round(2), rng.lognormal(-1.0, 0.8, size)
        parcels = Parcels(
            offsets=offsets,
            submitted=times,
            logged=START + offsets * _SECONDS_BETWEEN,
            ids=ids,
            names=_hashes(len(KINDS), visited["consignee"]),
            orders=_hashes(len(KINDS) + 1, offsets) * np.uint64(orders),
            items=np.char.add(b"RR", np.char.zfill((offsets % 10**9).astype("S9"), 9)),
            value=value,
            weight=weight.round(3) + 0.01,
            unit_value=value / rng.integers(1, 4, size),
            value_per_kg=value / (weight + 0.01),
            near=rng.random(size) < _NEAR_SHARE,
        )
        return Unit(Source("parcels.manifests", partition), first, first + size, parcels)


def _hashes(kind: int, numbers: Integers) -> Hashes:
    return mixed(numbers.astype(np.uint64) + np.uint64(kind << 56) + np.uint64(1))
