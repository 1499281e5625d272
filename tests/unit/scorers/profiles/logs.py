"""Logs of parcels to build units from, the same for a seed."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from scorers.profiles import KINDS, Parcels, Source, Unit
from tests.unit.scorers.profiles.reference import EPOCH_SECONDS, Event

START = 1_793_491_200
"""2026-11-01T00:00:00Z."""

TOPIC = "parcels.manifests"
POPULATIONS = {
    "consignee": 300,
    "shipper": 40,
    "seller": 60,
    "address": 250,
    "ioss": 12,
    "lane": 25,
}


@dataclass(frozen=True)
class Log:
    """A partition with parcels; some offsets are not there, as after transactions."""

    source: Source
    parcels: Parcels

    @property
    def end(self) -> int:
        """The offset after the last one."""
        return int(self.parcels.offsets[-1]) + 1

    def unit(self, start: int, next_: int, committed: int | None = None) -> Unit:
        """Return the unit of [start, next)."""
        return Unit(self.source, start, next_, self._between(start, next_), committed)

    def after(self, start: int, count: int) -> int:
        """Return the offset after `count` parcels from `start` on."""
        first = int(np.searchsorted(self.parcels.offsets, start))
        return int(self.parcels.offsets[min(first + count, len(self.parcels)) - 1]) + 1

    def events(self, start: int, next_: int) -> list[Event]:
        """Return the parcels of [start, next) for the reference."""
        part = self._between(start, next_)
        return [
            Event(
                place=(self.source.partition, int(part.offsets[row])),
                minute=(int(part.submitted[row]) - EPOCH_SECONDS) // 60,
                ids=tuple(part.ids[:, row].tolist()),
                name=int(part.names[row]),
                value=float(part.value[row]),
                weight=float(part.weight[row]),
                unit_value=float(part.unit_value[row]),
                value_per_kg=float(part.value_per_kg[row]),
                near=bool(part.near[row]),
            )
            for row in range(len(part))
        ]

    def _between(self, start: int, next_: int) -> Parcels:
        first, end = np.searchsorted(self.parcels.offsets, [start, next_])
        columns = {f.name: getattr(self.parcels, f.name) for f in fields(Parcels)}
        return Parcels(**{name: column[..., first:end] for name, column in columns.items()})


def make_log(
    count: int,
    seed: int,
    partition: int = 0,
    days: float = 20.0,
    populations: dict[str, int] = POPULATIONS,
) -> Log:
    """Return a log of `count` parcels over some days, out of order by up to two hours."""
    rng = np.random.default_rng((seed, partition))
    offsets = np.cumsum(rng.choice([1, 1, 1, 1, 2, 3], count)) - 1
    times = START + (np.arange(count) * days * 86_400 / count).astype(np.int64)
    weight = rng.lognormal(-1.0, 1.0, count).round(3) + 0.001
    value = rng.lognormal(2.5, 1.0, count).round(2) * (rng.random(count) < 0.98)
    parcels = Parcels(
        offsets=offsets,
        submitted=times - rng.integers(0, 7_200, count),
        logged=times,
        ids=np.stack([_ids(rng, kind, count, populations[kind]) for kind in KINDS]),
        names=_ids(rng, "consignee", count, 200),
        orders=rng.integers(1, 2**63, count, dtype=np.uint64) * (rng.random(count) < 0.9),
        items=np.array([f"RR{partition:03}{offset:06}CN" for offset in offsets], dtype="S35"),
        value=value,
        weight=weight,
        unit_value=value / rng.integers(1, 5, count),
        value_per_kg=value / weight,
        near=rng.random(count) < 0.05,
    )
    return Log(Source(TOPIC, partition), parcels)


def _ids(
    rng: np.random.Generator, kind: str, count: int, population: int
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Draw entities of a kind, the first ones often; one in ten parcels has none."""
    numbers = (rng.random(count) ** 3 * population).astype(np.int64)
    salt = KINDS.index(kind)
    every = np.random.default_rng(salt).integers(1, 2**64 - 1, population, dtype=np.uint64)
    return every[numbers] * (rng.random(count) < 0.9)
