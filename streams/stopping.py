"""Stopping in good order on SIGTERM and SIGINT."""

from __future__ import annotations

import signal
import threading

StopSignal = threading.Event


def stop_on_signals() -> StopSignal:
    """Return an event that SIGTERM and SIGINT set; what runs finishes its batch and leaves."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
