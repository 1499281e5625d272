"""Whether the store answers, and how fast, for processes that do not ask it all the time."""

from __future__ import annotations

from typing import Final

from streams import metrics
from streams.clock import MonotonicClock
from streams.health import Health
from streams.store import STORE_ERRORS, Client

_EVERY_SECONDS: Final = 5.0


class StoreWatch:
    """Pings the store every few seconds."""

    def __init__(self, store: Client, health: Health, now: MonotonicClock) -> None:
        self._store = store
        self._health = health
        self._now = now
        self._next = now()

    def look(self) -> None:
        """Ping the store if it is time to."""
        began = self._now()
        if began < self._next:
            return
        try:
            self._store.ping()
        except STORE_ERRORS:
            self._tell(False)
        else:
            self._tell(True)
        metrics.STORE_SECONDS.labels("ping").observe(self._now() - began)
        self._next = self._now() + _EVERY_SECONDS

    def _tell(self, up: bool) -> None:
        metrics.STORE_UP.set(up)
        self._health.note("store", up)
