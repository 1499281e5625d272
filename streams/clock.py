"""Clocks, injected wherever time matters, so that tests neither wait nor patch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

MonotonicClock = Callable[[], float]
"""Seconds that only grow; for durations and deadlines."""

UtcClock = Callable[[], datetime]
"""The present instant, with its time zone."""

monotonic: MonotonicClock = time.monotonic

pause: Callable[[float], None] = time.sleep


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
