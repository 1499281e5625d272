"""How much a label counts, by who reports it: nobody moves the model far alone."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from typing import Final

import msgspec

_HOUR: Final = 3_600.0
_DAY: Final = 86_400.0
_WEEK: Final = 7 * _DAY
_MOST_SOURCES: Final = 1_000
"""Sources remembered; beyond, those that were silent for longest are forgotten."""


@dataclass(frozen=True)
class GuardLimits:
    """Bounds on the labels of one source.

    share: of the weight of the last `window` labels, where there are other sources.
    burst, factor: labels of an hour that are learnt: `burst` of them, or `factor` times the usual
    number if that is more.
    """

    share: float = 0.25
    window: int = 5_000
    burst: float = 2_000
    factor: float = 20.0


class SourceRecord(msgspec.Struct):
    """What was learnt of a source: counts that fade, each as of the last label."""

    first: float
    last: float
    hour: float = 0.0
    week: float = 0.0
    weight: float = 0.0
    at_label: int = 0

    def pass_time(self, seconds: float) -> None:
        """Let counts fade up to `seconds`; a clock that goes back stands still."""
        passed = max(seconds - self.last, 0.0)
        self.hour *= math.exp(-passed / _HOUR)
        self.week *= math.exp(-passed / _WEEK)
        self.last += passed

    @property
    def is_known(self) -> bool:
        """Whether there is a past of a day at least."""
        return self.last - self.first >= _DAY

    def usual(self) -> float:
        """Return the usual number of labels an hour, over the last week or so."""
        span = -_WEEK * math.expm1(-max(self.last - self.first, _HOUR) / _WEEK)
        return self.week * _HOUR / span


class GuardState(msgspec.Struct):
    """All that a guard remembers: sources by name, and how many labels there were."""

    sources: dict[str, SourceRecord] = {}
    labels: int = 0


class LabelGuard:
    """Weighs labels in the order in which they come.

    A source may have `share` of the weight of recent labels; beyond, each of its labels counts
    less. What exceeds the limit of an hour is put into quarantine (weight 0). Sources without a
    past of a day are measured by the others; where nobody has one there is no quarantine yet.
    What a batch adds counts from `commit` on.
    """

    def __init__(self, limits: GuardLimits, state: GuardState | None = None) -> None:
        self._limits = limits
        self.state = state or GuardState()
        self.begin()

    def begin(self) -> None:
        """Forget what was weighed since the last commit: the batch is read again."""
        self._changed: dict[str, SourceRecord] = {}
        self._labels = self.state.labels
        self._newcomers = 0
        known = [one.usual() for one in self.state.sources.values() if one.is_known]
        self._usual = sum(known) / len(known) if known else None

    def commit(self) -> None:
        """Let the labels weighed since `begin` count."""
        sources = self.state.sources | self._changed
        for name in sorted(sources, key=lambda name: sources[name].last)[:-_MOST_SOURCES]:
            del sources[name]
        self.state = GuardState(sources, self._labels)
        self.begin()

    def weigh(self, source: str, seconds: float) -> float:
        """Return the weight, in [0, 1], of a label that `source` reported at `seconds` (Unix)."""
        record = self._record(source, seconds)
        record.pass_time(seconds)
        self._labels += 1
        usual = record.usual() if record.is_known else self._usual
        limits = self._limits
        if usual is not None and record.hour >= max(limits.burst, limits.factor * usual):
            return 0.0
        record.hour += 1.0
        record.week += 1.0
        return self._capped(record)

    def _record(self, source: str, seconds: float) -> SourceRecord:
        if source not in self._changed:
            known = self.state.sources.get(source)
            self._newcomers += known is None
            self._changed[source] = copy(known) if known else SourceRecord(seconds, seconds)
        return self._changed[source]

    def _capped(self, record: SourceRecord) -> float:
        """Return what is left of the source's share, and count it."""
        window, most = self._limits.window, self._limits.share * self._limits.window
        record.weight *= math.exp((record.at_label - self._labels) / window)
        record.at_label = self._labels
        alone = len(self.state.sources) + self._newcomers == 1
        # At the cap a label may weigh what has faded since the source's last one.
        weight = 1.0 if alone else min(1.0, most - record.weight)
        record.weight = min(record.weight + weight, most)
        return weight
