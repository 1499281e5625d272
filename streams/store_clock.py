"""The store's wall clock, which all processes share."""

from __future__ import annotations

from typing import Final

from streams.clock import MonotonicClock
from streams.store import Client

_EVERY_SECONDS: Final = 60.0


class StoreClock:
    """Unix seconds by the store, asked for once a minute and counted on in between."""

    def __init__(self, store: Client, now: MonotonicClock) -> None:
        self._store = store
        self._now = now
        self._next_look = now()
        self._ahead = 0.0

    def __call__(self) -> float:
        """Return the time; raise one of `STORE_ERRORS` if it is asked for and not told."""
        now = self._now()
        if now >= self._next_look:
            seconds, microseconds = self._store.time()
            self._ahead = seconds + microseconds / 1e6 - now
            self._next_look = now + _EVERY_SECONDS
        return now + self._ahead
