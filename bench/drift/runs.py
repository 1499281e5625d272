"""One closed loop in which the bad actors change, and what can be seen of it in the labels."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bench.history.loop import Loop, Plan
from schemas.example import LabelledExample
from scorers.features.spec import FeatureSpec
from streams.drift.watch import DriftWatch
from streams.settings import DriftSettings

_RECENT: Final = 1_000
"""Holds by score that a precision is the mean of."""

BACK: Final = 0.9
A_MINUTE: Final = 60.0
DELAY: Final = timedelta(hours=2)


@dataclass
class Seen:
    """What the labels of one run showed; counts of labels start at the shift.

    former, lowest, last: precision of the last holds by score before the shift, at worst after it,
    and at the end. told: which figure was first said to have moved, after how many labels;
    back: after how many labels precision was at 90 % of its former level again.
    """

    spec: FeatureSpec
    shift_item: str = ""
    shifted: bool = False
    labels: int = 0
    false_alarms: list[str] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)
    former: float = 0.0
    lowest: float = 1.0
    last: float = 0.0
    back: int | None = None

    def __post_init__(self) -> None:
        self._watch = DriftWatch(self.spec, DriftSettings())
        self._recent: deque[bool] = deque(maxlen=_RECENT)
        self._since = 0

    def see(self, examples: Sequence[LabelledExample]) -> None:
        """Look at labels as the learner does."""
        places = dict(self._watch.shifts(examples))
        for place, example in enumerate(examples):
            self.labels += self.shifted
            if place in places:
                self._note(places[place].signal)
            if example.arm == "risk":
                self._rate(example.label)

    def shift(self) -> None:
        """Begin to count: what is decided from now on is of the new world."""
        self.shifted = True
        self.former = sum(self._recent) / len(self._recent)

    def _note(self, signal: str) -> None:
        if self.shifted:
            self.told.append((self.labels, signal))
        else:
            self.false_alarms.append(signal)

    def _rate(self, hit: bool) -> None:
        self._recent.append(hit)
        self.last = sum(self._recent) / len(self._recent)
        if not self.shifted:
            return
        self._since += 1
        if self._since < _RECENT:
            return  # holds of before are still among them
        self.lowest = min(self.lowest, self.last)
        if self.back is None and self.last >= BACK * self.former:
            self.back = self.labels


def run(spec: FeatureSpec, seed: int, before: int, after: int, hold: float, explore: float) -> Seen:
    """Screen `before` and `after` parcels, the bad actors changing between."""
    plan = Plan(before + after, A_MINUTE, DELAY, hold, explore, shift_at=before)
    seen = Seen(spec)
    loop = Loop(plan, spec, seed, None, learnt=seen.see)
    # Labels of parcels from before the shift come for two more hours.
    late = before + int(DELAY / timedelta(minutes=1) * A_MINUTE)
    for number, _ in enumerate(loop.decisions()):
        if number == late:
            seen.shift()
    return seen
