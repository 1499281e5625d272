"""What a tower's books take as the days go by: lanes, durations and ties, in memory and kept.

The keepers are the tower's own, on a shelf that is a dictionary as Faust's is; Faust, its client
and the ledger are left out. A day has its first and last minutes of each hour only: what is kept
goes by hours, so it is the same, sixty times sooner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psutil

from bench.tower.traffic import DAY, MONDAY, Traffic, made_world
from schemas.codec import encode
from schemas.held import HeldStats, Passages, Ties
from scorers.tower.seasons import HOUR_SECONDS
from scorers.tower.slots import SLOT_SECONDS
from streams.tower.keepers import HeldKeeper, LaneKeeper

_EDGE_SECONDS: Final = 60
_SPREAD: Final = 0.02
_OFFICES, _CARRIERS = 40, 30
_EVERY_DAYS: Final = 2


@dataclass(frozen=True)
class MemoryPlan:
    """Days, partitions, lanes and parcels a second of each, and holds a day, all in the first.

    With so many holds no more ties are remembered after a week.
    """

    days: int = 30
    partitions: int = 4
    lanes: int = 2_000
    held_a_day: int = 30_000
    rate: float = 1_000.0
    seed: int = 1


class _DictShelf:
    """Bytes by key in the order in which they were put."""

    def __init__(self, partitions: int) -> None:
        self._pieces: dict[bytes, tuple[int, bytes]] = {}
        self._partitions = set(range(partitions))

    def put(self, partition: int, key: bytes, value: bytes) -> None:
        self._pieces[key] = partition, value

    def drop(self, partition: int, key: bytes) -> None:
        if self._pieces.get(key, (partition,))[0] != partition:
            raise LookupError(f"{key!r} is of another partition")
        self._pieces.pop(key, None)

    def kept(self) -> Iterator[tuple[int, bytes, bytes]]:
        for key, (partition, value) in list(self._pieces.items()):
            yield partition, key, value

    def oldest(self, kind: bytes, most: int = 100) -> list[tuple[int, bytes, bytes]]:
        found = []
        for key, (partition, value) in self._pieces.items():
            if key.split(b"/", 2)[1] == kind:
                found.append((partition, key, value))
                if len(found) >= most:
                    break
        return found

    def partitions(self) -> set[int]:
        return self._partitions

    @property
    def megabytes(self) -> float:
        return sum(len(value) for _, value in self._pieces.values()) / 1e6


class _Partition:
    """What one partition of the tower's topics brings, hour by hour."""

    def __init__(self, number: int, plan: MemoryPlan) -> None:
        self._number, self._plan = number, plan
        self._rng = np.random.default_rng([plan.seed, number])
        world = made_world(self._rng, plan.lanes, plan.rate, _SPREAD)
        self._traffic = Traffic(world, plan.seed + number)
        self._offset = 0

    def hour(self, start: int, lanes: LaneKeeper, held: HeldKeeper) -> None:
        """Let the keepers take an hour's records."""
        for since in (start, start + HOUR_SECONDS - _EDGE_SECONDS):
            for at in range(since, since + _EDGE_SECONDS, SLOT_SECONDS):
                lanes.take(self._number, self._offset, encode(self._traffic.slot(at)))
                self._offset += 1
        if self._number == 0:
            held.take(self._number, self._offset, encode(self._held(start)))

    def _held(self, start: int) -> HeldStats:
        """Return an hour's held parcels: each is tied once, and released some hours later."""
        rng, plan = self._rng, self._plan
        count = plan.held_a_day * HOUR_SECONDS // DAY
        when = np.sort(rng.integers(start, start + HOUR_SECONDS, count)).tolist()
        passages = Passages(
            ("release",) * count,
            tuple(rng.lognormal(9, 1, count).tolist()),
            tuple(when),
            _some(rng, "office", _OFFICES, count),
            _some(rng, "carrier", _CARRIERS, count),
            _some(rng, "lane", plan.lanes, count),
        )
        ties = Ties(
            tuple(when),
            tuple(f"{self._number}-{self._offset}-{place}" for place in range(count)),
            *(_hashes(rng, plan.held_a_day * size, count) for size in (1, 20, 20)),
            tuple(rng.integers(100, 15_000, count).tolist()),
        )
        return HeldStats(1, passages, ties)


def memory(plan: MemoryPlan) -> dict[str, Any]:
    """Return the resident memory and what is on the shelves, every few days, in megabytes."""
    shelf: Any = _DictShelf(plan.partitions)
    lanes, held = LaneKeeper(shelf), HeldKeeper(shelf)
    brought = [_Partition(number, plan) for number in range(plan.partitions)]
    process, days = psutil.Process(), []
    for start in range(MONDAY, MONDAY + plan.days * DAY, HOUR_SECONDS):
        for one in brought:
            one.hour(start, lanes, held)
        lanes.keep()
        held.keep()
        if (start + HOUR_SECONDS - MONDAY) % (_EVERY_DAYS * DAY) == 0:
            line = {
                "day": (start + HOUR_SECONDS - MONDAY) // DAY,
                "resident": round(process.memory_info().rss / 1e6),
                "shelf": round(shelf.megabytes),
                "ties": sum(map(len, held.clusters.values())),
            }
            print(line, flush=True)
            days.append(line)
    return {"lanes": plan.lanes * plan.partitions, "days": days}


def _some(rng: np.random.Generator, kind: str, most: int, count: int) -> tuple[str, ...]:
    return tuple(f"{kind}:{number}" for number in rng.zipf(1.3, count) % most)


def _hashes(rng: np.random.Generator, most: int, count: int) -> tuple[str, ...]:
    return tuple(f"{number:016x}" for number in rng.zipf(1.5, count) % most)
