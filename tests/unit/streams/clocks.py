"""A clock for tests."""

from __future__ import annotations


class Clock:
    """Seconds that grow when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
