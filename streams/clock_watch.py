"""A wall clock that goes back ends the process: what waits in the Kafka client might wait as long.

The client library (librdkafka) waits for moments of the wall clock. After it has gone back by an
hour, what was waiting then waits for an hour and a bit: a consumer that gets no records, the thread
that sends heartbeats (confluentinc/librdkafka, issue 2145). Nothing can wake it from outside.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Final

from streams import clock
from streams.clock import MonotonicClock, UtcClock

_TOLERATED_SECONDS: Final = 5.0
"""Waiting for so much longer harms nobody."""

_LOOK_SECONDS: Final = 0.25
_FAILED: Final = 1


class ClockWatch:
    """Compares the wall clock with the monotonic one.

    >>> from datetime import UTC, datetime
    >>> steady, wall = [0.0], [1e9]
    >>> watch = ClockWatch(lambda: steady[0], lambda: datetime.fromtimestamp(wall[0], UTC))
    >>> steady[0], wall[0] = 1.0, 1e9 - 59.0
    >>> watch.went_back(), watch.went_back()
    (60.0, 0.0)
    """

    def __init__(self, now: MonotonicClock, utc_now: UtcClock) -> None:
        self._now = now
        self._utc_now = utc_now
        self._ahead = self._difference()

    def went_back(self) -> float:
        """Return by how many seconds the wall clock has gone back since the last look."""
        before, self._ahead = self._ahead, self._difference()
        return max(before - self._ahead, 0.0)

    def _difference(self) -> float:
        return self._utc_now().timestamp() - self._now()


def watch_clock() -> None:
    """Watch in a thread of its own, and end the process at once when the clock goes back.

    Whoever it is that waits cannot be told to stop. A process may end at any moment: what was not
    committed is read again by the one that a supervisor starts.
    """
    watch = ClockWatch(clock.monotonic, clock.utc_now)
    threading.Thread(target=_watch, args=(watch,), name="clock-watch", daemon=True).start()


def _watch(watch: ClockWatch) -> None:
    while (back := watch.went_back()) <= _TOLERATED_SECONDS:
        clock.pause(_LOOK_SECONDS)
    text = f"greenlane: the wall clock went back by {back:,.0f} s; start this process anew"
    print(text, file=sys.stderr, flush=True)
    os._exit(_FAILED)
