"""How many holds wait for their inspection at each office, so that budgets can rest."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Final, cast

from streams.clock import MonotonicClock
from streams.store import PREFIX, STORE_ERRORS, Client

log = logging.getLogger(__name__)

_KEY: Final = f"{PREFIX}:queue"
_EVERY_SECONDS: Final = 0.5

_PATIENCE_SECONDS: Final = 5.0
"""A store that does not answer holds up a batch, so it is left alone for a while."""


class InspectionQueue:
    """A number for each office in the store: up with each hold, down with each outcome.

    It is counted after commits, so a crash between the two leaves it off by a batch at most: it
    steers budgets, and decides nothing by itself. What a store that is away could not be told is
    told later.
    """

    def __init__(self, store: Client, now: MonotonicClock) -> None:
        self._store = store
        self._now = now
        self._next_look = self._next_try = now()
        self._untold: Counter[str] = Counter()
        self._waiting: dict[str, int] = {}

    def add(self, changes: Mapping[str, int]) -> None:
        """Count holds that came (or, below 0, that were inspected) by office."""
        self._untold.update(changes)
        if not self._untold or self._now() < self._next_try:
            return
        pipeline = self._store.pipeline(transaction=True)
        for office, change in self._untold.items():
            pipeline.hincrby(_KEY, office, change)
        try:
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
        except STORE_ERRORS as error:
            self._rest(error)
        else:
            self._waiting = {office.decode(): max(int(n), 0) for office, n in found.items()}
        return self._waiting

    def _rest(self, error: Exception) -> None:
        self._next_try = self._now() + _PATIENCE_SECONDS
        log.warning("store does not answer, inspection queues are as last known: %s", error)
