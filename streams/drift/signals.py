"""One figure of the stream, with a detector from River that tells when it has moved."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Literal, NamedTuple, Protocol

from river import drift

Direction = Literal["up", "down", "any"]

_RECENT: Final = 200
_BEFORE: Final = 1_000
_SEED: Final = 1

_PAGE_HINKLEY_LEAST: Final = 30
_PAGE_HINKLEY_SLACK: Final = 0.5


class Detector(Protocol):
    """A drift detector of River."""

    @property
    def drift_detected(self) -> bool:
        """Whether the last value told of a drift."""

    def update(self, x: float) -> None:
        """Take in a value."""


class Shift(NamedTuple):
    """A figure has moved: its means before and lately."""

    signal: str
    detector: str
    before: float
    lately: float


class Signal:
    """Follows one figure. After a shift the detector starts anew and `rest` values are awaited.

    `bad` is the direction that is told of.
    """

    def __init__(
        self, name: str, make: Callable[[], Detector], bad: Direction = "any", rest: int = 0
    ) -> None:
        self.name = name
        self._make = make
        self._bad = bad
        self._rest = rest
        self._resting = 0
        self._detector = make()
        self._values: deque[float] = deque(maxlen=_RECENT + _BEFORE)

    def update(self, value: float) -> Shift | None:
        """Take in a value; return a shift if one is found now."""
        self._values.append(value)
        self._detector.update(value)
        self._resting = max(0, self._resting - 1)
        if not self._detector.drift_detected:
            return None
        detector = type(self._detector).__name__
        self._detector = self._make()
        before, lately = self._means()
        wrong_way = (self._bad == "up" and lately <= before) or (
            self._bad == "down" and lately >= before
        )
        if self._resting or wrong_way:
            return None
        self._resting = self._rest
        self._values.clear()
        return Shift(self.name, detector, before, lately)

    def _means(self) -> tuple[float, float]:
        values = list(self._values)
        recent = min(_RECENT, max(1, len(values) // 4))
        lately, before = values[-recent:], values[:-recent] or values
        return sum(before) / len(before), sum(lately) / len(lately)


def adwin(delta: float) -> Callable[[], Detector]:
    """Return a maker of ADWIN: the mean of a bounded figure has changed. Bifet, Gavalda 2007."""
    made: Callable[..., Detector] = drift.ADWIN
    return lambda: made(delta=delta)


def kswin(alpha: float) -> Callable[[], Detector]:
    """Return a maker of KSWIN: the distribution of a figure has changed. Raab et al. 2020."""
    return lambda: drift.KSWIN(alpha=alpha, window_size=300, stat_size=100, seed=_SEED)


def page_hinkley(threshold: float) -> Callable[[], Detector]:
    """Return a maker of the Page-Hinkley test: the mean has moved up or down. Page 1954."""
    return lambda: drift.PageHinkley(
        min_instances=_PAGE_HINKLEY_LEAST, delta=_PAGE_HINKLEY_SLACK, threshold=threshold
    )
