"""The input of the benchmark: simulated manifests, encoded beforehand."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.codec import encode
from streams.simulator.platforms import PlatformSimulator

_START = datetime(2026, 11, 1, tzinfo=UTC)


def recorded_manifests(count: int, seed: int = 1) -> list[bytes]:
    """Return `count` encoded manifests, the same for a seed."""
    simulator = PlatformSimulator(seed=seed, start=_START)
    return [encode(simulator.next().manifest) for _ in range(count)]
