"""The processes of a storm, each with a way to the broker and a wall clock of its own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from streams.processes import ChildProcess
from tests.chaos.clocks import WallClock, WallClocks
from tests.pipeline import Pipeline
from tests.servers.distant import DistantKafka, DistantRedis
from tests.servers.late import LateProxy

BEYOND_THE_SESSION: Final = 3.0
"""Longer than `kafka.session_timeout_ms` of the tests, in seconds: partitions move meanwhile."""


@dataclass(frozen=True)
class Member:
    """A process, and what only it has."""

    child: ChildProcess
    way: LateProxy
    clock: WallClock


@dataclass
class Scene:
    """All that can go wrong, and the chance that decides what does."""

    pipeline: Pipeline
    kafka: DistantKafka
    redis: DistantRedis
    clocks: WallClocks
    rng: random.Random
    workers: dict[str, Member] = field(default_factory=dict)
    learner: Member | None = None
    tower: Member | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self, command: str, instance: str = "0") -> Member:
        """Start a process; with many of them some share a way."""
        way = self.kafka.proxies[next(self._numbers) % len(self.kafka.proxies)]
        clock = self.clocks.new(f"{command}-{instance}")
        servers = {"kafka.bootstrap_servers": way.address}
        child = self.pipeline.spawn(command, instance, servers, clock.environment)
        return Member(child, way, clock)

    def some_worker(self) -> Member:
        """Return a worker."""
        return self.workers[self.rng.choice(sorted(self.workers))]

    def some_member(self) -> Member:
        """Return a worker, the learner or the tower."""
        others = (one for one in (self.learner, self.tower) if one is not None)
        return self.rng.choice([self.some_worker(), *others])
