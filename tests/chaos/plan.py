"""What a run under faults does, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.faults import FAULTS


@dataclass(frozen=True)
class Plan:
    """A run: all faults happen, again and again in another order, until both ends are reached."""

    seed: int
    seconds: float = 0.0
    manifests: int = 0
    rate: int = 1_500
    """Manifests a second, as long as workers keep up."""
    backlog: int = 50_000
    """Manifests that wait at most, so that faults meet processes that work on new ones."""
    workers: int = 2
    batch: int = 200
    calm: float = 0.6
    """Seconds between two faults, on average, so that most hit processes that work."""
    faults: Sequence[str] = tuple(FAULTS)
