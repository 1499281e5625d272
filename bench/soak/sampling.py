"""What processes, store and broker hold at a moment, and whether it grew."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from confluent_kafka import Consumer, KafkaException, TopicPartition
from redis import Redis

_MEGABYTE: Final = 1_000_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_WARM_UP: Final = 0.2
"""Share of the samples that do not count: caches fill, and the store has no past yet."""

_CALL_SECONDS: Final = 10.0
_HOUR: Final = 3_600.0

Sample = dict[str, float]


def of_processes(pids: Mapping[str, int]) -> Sample:
    """Return memory (MB), open files and threads of processes."""
    sample: Sample = {}
    for name, pid in pids.items():
        folder = Path("/proc") / str(pid)
        pages = int((folder / "statm").read_text().split()[1])
        sample[f"{name}, MB"] = pages * _PAGE / _MEGABYTE
        sample[f"{name}, files"] = len(list((folder / "fd").iterdir()))
        sample[f"{name}, threads"] = len(list((folder / "task").iterdir()))
    return sample


def of_store(client: Redis) -> Sample:
    """Return what a store holds."""
    used = int(client.info("memory")["used_memory"])
    return {"data in the store, MB": used / _MEGABYTE, "keys in the store": client.dbsize()}


def of_disk(folder: Path) -> Sample:
    """Return what a broker has on its disk."""
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_blocks * 512
        except FileNotFoundError:
            continue  # a segment has just been deleted
    return {"broker's disk, MB": size / _MEGABYTE}


class Progress:
    """How many manifests there are, and how many are done."""

    def __init__(self, bootstrap: str, topic: str, group: str, partitions: int) -> None:
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
        self._asked = [TopicPartition(topic, number) for number in range(partitions)]

    def sample(self) -> Sample:
        """Return what is done, and what waits; nothing while the broker does not answer."""
        try:
            found = self._consumer.committed(self._asked, _CALL_SECONDS)
            ends = [self._consumer.get_watermark_offsets(one, _CALL_SECONDS) for one in self._asked]
        except KafkaException:
            return {}
        done = sum(max(one.offset, 0) for one in found)
        return {"manifests": done, "waiting": sum(high for _, high in ends) - done}

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


@dataclass(frozen=True)
class Trend:
    """How something went: medians of the first and the last third, and change an hour."""

    name: str
    first: float
    last: float
    highest: float
    an_hour: float

    def __str__(self) -> str:
        numbers = (self.first, self.last, self.highest, self.an_hour)
        return f"{self.name:<26}" + "".join(f"{number:>12,.1f}" for number in numbers)


def trends(seconds: Sequence[float], samples: Sequence[Sample]) -> list[Trend]:
    """Return how each figure went after the warm-up."""
    skip = round(len(samples) * _WARM_UP)
    times = np.array(seconds[skip:]) / _HOUR
    found = []
    for name in samples[-1]:
        values = [sample.get(name, float("nan")) for sample in samples[skip:]]
        third = max(len(values) // 3, 1)
        slope = float(np.polyfit(times, values, 1)[0]) if len(values) > 1 else 0.0
        first, last = median(values[:third]), median(values[-third:])
        found.append(Trend(name, first, last, max(values), slope))
    return found
