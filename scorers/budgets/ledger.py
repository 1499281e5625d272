"""What workers tell each other, so that together they keep one budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class PoolTally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One pool's totals in one hour at one worker."""

    arrivals: float
    holds: float
    forfeited: float


class Tally(msgspec.Struct, frozen=True, gc=False):
    """One worker's totals in one hour of event time, by office ("" for all others).

    Totals since the worker's start, never differences: told twice, they count once.
    """

    seen: float
    plan: str
    pools: dict[str, PoolTally]


class Ledger(Protocol):
    """Where workers leave their tallies and find those of the others."""

    def exchange(self, mine: Mapping[int, Tally]) -> Mapping[int, Sequence[Tally]]:
        """Leave this worker's tallies by hour; return all others' of these hours.

        An hour that is missing in the answer was not heard: what was known of it stays.
        """


class LocalLedger:
    """A ledger within one process, for tests and benchmarks.

    >>> shared: dict[int, dict[str, Tally]] = {}
    >>> one, two = LocalLedger(shared, "one"), LocalLedger(shared, "two")
    >>> tally = Tally(0.0, "", {"": PoolTally(10.0, 1.0, 0.0)})
    >>> one.exchange({7: tally}), two.exchange({7: tally}) == {7: [tally]}
    ({7: []}, True)
    """

    def __init__(self, shared: dict[int, dict[str, Tally]], worker: str) -> None:
        self._shared = shared
        self._worker = worker

    def exchange(self, mine: Mapping[int, Tally]) -> Mapping[int, Sequence[Tally]]:
        """Leave this worker's tallies by hour; return all others' of these hours."""
        heard = {}
        for hour, tally in mine.items():
            told = self._shared.setdefault(hour, {})
            told[self._worker] = tally
            heard[hour] = [other for name, other in told.items() if name != self._worker]
        return heard
