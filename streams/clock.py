"""The clock, injected wherever time matters, so that tests neither wait nor patch."""

from __future__ import annotations

import time
from collections.abc import Callable

MonotonicClock = Callable[[], float]
"""Seconds that only grow; for durations and deadlines."""

monotonic: MonotonicClock = time.monotonic
