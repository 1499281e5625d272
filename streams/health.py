"""Whether a process lives and is ready, as an orchestrator asks it."""

from __future__ import annotations

from collections.abc import Iterable

from streams import metrics
from streams.clock import MonotonicClock, UtcClock


class Health:
    """Heartbeats of a process's loops, and what has to be so before it is ready.

    A process lives while every loop has gone round within `patience` seconds; what it waits for is
    no reason to start it anew.

    >>> from datetime import UTC, datetime
    >>> seconds = [0.0]
    >>> now = lambda: datetime.fromtimestamp(0, UTC)
    >>> health = Health(["demo"], ["store"], 300.0, lambda: seconds[0], now)
    >>> health.ails(), health.lacks()
    ([], ['store'])
    >>> health.note("store", True)
    >>> seconds[0] = 301.0
    >>> health.ails(), health.lacks()
    (['demo: no sign of life for 301 s'], [])
    """

    def __init__(
        self,
        loops: Iterable[str],
        needs: Iterable[str],
        patience: float,
        now: MonotonicClock,
        utc_now: UtcClock,
    ) -> None:
        self._patience = patience
        self._now = now
        self._utc_now = utc_now
        self._beats = dict.fromkeys(loops, now())
        self._met = dict.fromkeys(needs, False)

    def beat(self, loop: str) -> None:
        """Note that a loop goes round."""
        self._beats[loop] = self._now()
        metrics.HEARTBEAT.labels(loop).set(self._utc_now().timestamp())

    def note(self, need: str, met: bool) -> None:
        """Note whether something that the process needs is there."""
        self._met[need] = met

    def ails(self) -> list[str]:
        """Return which loops stand still, in words; nothing if the process lives."""
        ages = {loop: self._now() - beat for loop, beat in self._beats.items()}
        return [
            f"{loop}: no sign of life for {age:.0f} s"
            for loop, age in ages.items()
            if age > self._patience
        ]

    def lacks(self) -> list[str]:
        """Return what is not there; nothing if the process is ready."""
        return [need for need, met in self._met.items() if not met]
