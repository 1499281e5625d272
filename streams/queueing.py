"""How many holds wait for their inspection at each office, so that budgets can rest."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final, cast

from redis import Redis
from redis.exceptions import RedisError

from streams.clock import MonotonicClock
from streams.store import PREFIX

log = logging.getLogger(__name__)

_KEY: Final = f"{PREFIX}:queue"
_EVERY_SECONDS: Final = 0.5


class InspectionQueue:
    """A number for each office in the store: up with each hold, down with each outcome.

    It is counted after commits, so a crash between the two leaves it off by a batch at most: it
    steers budgets, and decides nothing by itself.
    """

    def __init__(self, store: Redis, now: MonotonicClock) -> None:
        self._store = store
        self._now = now
        self._next_look = now()
        self._waiting: dict[str, int] = {}

    def add(self, changes: Mapping[str, int]) -> None:
        """Count holds that came (or, below 0, that were inspected) by office."""
        try:
            pipeline = self._store.pipeline(transaction=False)
            for office, change in changes.items():
                pipeline.hincrby(_KEY, office, change)
            if changes:
                pipeline.execute()
        except RedisError as error:
            log.warning("inspection queues are not counted for now: %s", error)

    def waiting(self) -> Mapping[str, int]:
        """Return how many wait by office, as known at most half a second ago."""
        if self._now() < self._next_look:
            return self._waiting
        self._next_look = self._now() + _EVERY_SECONDS
        try:
            found = self._store.hgetall(_KEY)
        except RedisError as error:
            log.warning("inspection queues are not known for now: %s", error)
            return self._waiting
        counts = cast("Mapping[bytes, bytes]", found)
        self._waiting = {office.decode(): max(int(count), 0) for office, count in counts.items()}
        return self._waiting
