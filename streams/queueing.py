"""How many holds wait for their inspection at each office, so that budgets can rest."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Final, cast

from streams.clock import MonotonicClock
from streams.store import PREFIX, STORE_ERRORS, Client
from streams.store_clock import StoreClock

log = logging.getLogger(__name__)

_KEY: Final = f"{PREFIX}:queues"
_EVERY_SECONDS: Final = 0.5

_PATIENCE_SECONDS: Final = 5.0
"""A store that does not answer holds up a batch, so it is left alone for a while."""

_PARTS: Final = 8
"""Parts of the time that a hold can wait: by as much it may count too long."""

_HOLDS, _OUTCOMES = "+", "-"
_HOUR_SECONDS: Final = 3_600

Counts = Mapping[int, Mapping[str, int]]
"""Holds and outcomes by the part of time in which they came."""


class InspectionQueue:
    """Numbers for each office in the store: of its holds and of their outcomes, by time.

    They are counted after commits, so a crash between the two leaves them off by a batch at most:
    they steer budgets, and decide nothing by themselves. What a store that is away could not be
    told is told later, and counts from then. A hold without an outcome counts as waiting for
    `hours`, then no more: most offices never tell of some. Time is the store's, so that a process
    whose clock is wrong neither drops the counts of the others nor lets holds wait for days.
    """

    def __init__(self, store: Client, now: MonotonicClock, hours: float) -> None:
        self._store = store
        self._now = now
        self._clock = StoreClock(store, now)
        self._part_seconds = hours * _HOUR_SECONDS / _PARTS
        self._next_look = self._next_try = now()
        self._untold: Counter[tuple[str, str]] = Counter()
        self._waiting: dict[str, int] = {}

    def add(self, changes: Mapping[str, int]) -> None:
        """Count holds that came (or, below 0, that were inspected) by office."""
        for office, change in changes.items():
            self._untold[office, _HOLDS if change > 0 else _OUTCOMES] += abs(change)
        if not self._untold or self._now() < self._next_try:
            return
        pipeline = self._store.pipeline(transaction=True)
        try:
            part = self._part()
            for (office, what), change in self._untold.items():
                pipeline.hincrby(_KEY, f"{office}|{part}|{what}", change)
            pipeline.execute()
        except STORE_ERRORS as error:
            self._rest(error)
        else:
            self._untold.clear()

    def waiting(self) -> Mapping[str, int]:
        """Return how many wait by office, as known at most half a second ago."""
        now = self._now()
        if now < max(self._next_look, self._next_try):
            return self._waiting
        self._next_look = now + _EVERY_SECONDS
        try:
            found = cast("Mapping[bytes, bytes]", self._store.hgetall(_KEY))
            self._drop_strange(found)
        except STORE_ERRORS as error:
            self._rest(error)
        else:
            counts, part = _by_office(found), self._part()
            self._waiting = {office: _waiting(some, part) for office, some in counts.items()}
        return self._waiting

    def _part(self) -> int:
        return int(self._clock() // self._part_seconds)

    def _drop_strange(self, found: Iterable[bytes]) -> None:
        """Delete what is so old that it says nothing of those that wait, and what is yet to come.

        The store's clock may go back by a little when another server takes its place.
        """
        part = self._part()
        kept = range(part - 2 * _PARTS, part + 2)
        strange = [field for field in found if int(field.rsplit(b"|", 2)[1]) not in kept]
        if strange:
            self._store.hdel(_KEY, *strange)

    def _rest(self, error: Exception) -> None:
        self._next_try = self._now() + _PATIENCE_SECONDS
        log.warning("store does not answer, inspection queues are as last known: %s", error)


def _by_office(found: Mapping[bytes, bytes]) -> dict[str, Counts]:
    counts: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for field, count in found.items():
        office, part, what = field.decode().rsplit("|", 2)
        counts[office][int(part)][what] = int(count)
    return dict(counts)


def _waiting(counts: Counts, now: int) -> int:
    """Return how many holds wait, if those that wait longest are inspected first.

    >>> _waiting({10: {"+": 5}, 11: {"-": 2}}, 11), _waiting({10: {"+": 5}, 11: {"-": 2}}, 19)
    (3, 0)
    """
    queue: deque[tuple[int, int]] = deque()
    for part in sorted(counts):
        queue.append((part, counts[part].get(_HOLDS, 0)))
        inspected = counts[part].get(_OUTCOMES, 0)
        while queue and (queue[0][0] < part - _PARTS or queue[0][1] <= inspected):
            came, count = queue.popleft()
            inspected -= count if came >= part - _PARTS else 0
        if queue:
            queue[0] = queue[0][0], queue[0][1] - inspected
    return sum(count for part, count in queue if part >= now - _PARTS)
