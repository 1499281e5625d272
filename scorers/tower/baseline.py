"""What is expected of each series: its recent level, what the hour usually brings, its spread."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec
import numpy as np

from schemas.lanes import PER_NAT
from scorers.features.batch import Flags, Floats, Integers
from scorers.tower.seasons import HOUR_SECONDS, Seasons, hour_of_week
from scorers.tower.slots import COUNT, LOGS, PRICED, SQUARES, Names

MINUTE: Final = 60
WARM_UP_MINUTES: Final = 10.0
"""Before that nothing is known well enough to judge by it."""

_LEVEL_DECAY: Final = 0.5 ** (1 / 30)
"""A minute's: the recent level forgets half in half an hour."""

_VALUE_DECAY: Final = 0.5 ** (1 / 720)
"""A minute's: values forget half in half a day."""

_SPREAD: Final = 0.03
_LEAST_SPREAD: Final = 0.01
_SPREAD_WEIGHT: Final = 60.0
"""Relative variance of a rate before anything is known, its least, and how many minutes it weighs:
a sixth more or less than expected is usual."""

_DRIFT: Final = 0.05**2
_DRIFT_WEIGHT: Final = 60.0
"""The same of the mean logarithm of value per kg from minute to minute: 5 %."""

_CAP: Final = 3.0
_CAP_STEP: Final = 10.0
"""Above so many times what is expected, and ten more, a count does not raise the level further."""

_OUTLIER: Final = 9.0
_LOG_STEP: Final = 0.5
"""Nor does a mean logarithm count as lower than this below what is expected."""

_EDGE: Final = 600
"""Hours have no sharp ends: so many seconds before and after count too."""

_STATE: Final = (
    "level",
    "spread_sum",
    "spread_weight",
    "priced",
    "logs",
    "squares",
    "drift_sum",
    "drift_weight",
    "hour_count",
    "hour_priced",
    "hour_logs",
)


class BaselineRecord(msgspec.Struct):
    """The recent state as it is kept: a line for each of its quantities, a column a series."""

    closed: int
    minutes: float
    hour_minutes: int
    names: list[str]
    state: bytes


class HourRecord(msgspec.Struct):
    """What an hour of the week usually brings, as it is kept."""

    hour: int
    names: list[str]
    counts: bytes
    logs: bytes


class _Moment(NamedTuple):
    """What is usual of each series in two hours, and for which series not both were seen yet."""

    hours: tuple[int, int]
    counts: Floats
    logs: Floats
    strange: Flags


class Baseline:
    """Expectations of all series of a partition. Time is that of the stream, in whole minutes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._counts, self._logs = Seasons(), Seasons()
        self._state: Floats = np.zeros((len(_STATE), 0))
        self._minutes = 0.0
        self._hour_minutes = 0
        self._seasonal: _Moment | None = None
        self.closed = 0

    @property
    def minutes(self) -> float:
        """Minutes that the recent level is made of, the older ones counting less."""
        return self._minutes

    def expected(self, second: int) -> tuple[Floats, Floats]:
        """Return the parcels a minute expected at a moment, and the relative variance of that.

        It is the higher of recent level and season: neither a rush hour nor a spike that lasts is
        news. The variance has a part for how little is known of a series.
        """
        state = self._reserved()
        level = state[0] / max(self._minutes, 1e-9)
        spread = (state[1] + _SPREAD * _SPREAD_WEIGHT) / (state[2] + _SPREAD_WEIGHT)
        counts = self._season(second).counts
        return np.fmax(level, counts), np.maximum(spread, _LEAST_SPREAD) + 1 / (state[0] + 1)

    def strange(self, second: int) -> Flags:
        """Return which series have not been seen at that hour of the week."""
        return self._season(second).strange

    def expected_value(self, second: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the mean of ln(euro per kg), its variance by parcel and by minute, and the parcels
        that is known from."""
        state = self._reserved()
        known = np.maximum(state[3], 1e-9)
        mean = state[4] / known
        variance = np.maximum(state[5] / known - mean**2, 0.0)
        drift = (state[6] + _DRIFT * _DRIFT_WEIGHT) / (state[7] + _DRIFT_WEIGHT)
        logs = self._season(second).logs
        return np.fmin(mean, logs), variance, drift, state[3]

    def close_minute(self, end: int, sums: Integers) -> HourRecord | None:
        """Learn from the minute that ended; return an hour's new means if one is over too."""
        self._learn_level(end, sums[COUNT].astype(np.float64))
        self._learn_value(end, sums)
        self.closed = end
        if end % HOUR_SECONDS:
            return None
        return self._close_hour(end - HOUR_SECONDS)

    def record(self) -> BaselineRecord:
        """Return the recent state."""
        state = self._reserved()
        return BaselineRecord(
            self.closed, self._minutes, self._hour_minutes, list(self._names), state.tobytes()
        )

    def load(self, record: BaselineRecord) -> None:
        """Take in the recent state as it was kept."""
        rows = self._names.rows(record.names)
        kept = np.frombuffer(record.state).reshape(len(_STATE), len(rows))
        self._reserved()[:, rows] = kept
        self.closed, self._minutes = record.closed, record.minutes
        self._hour_minutes = record.hour_minutes

    def load_hour(self, record: HourRecord) -> None:
        """Take in what an hour usually brings as it was kept."""
        rows = self._names.rows(record.names)
        self._counts.set(record.hour, rows, np.frombuffer(record.counts))
        self._logs.set(record.hour, rows, np.frombuffer(record.logs))
        self._seasonal = None

    def _learn_level(self, end: int, counts: Floats) -> None:
        expected, spread = self.expected(end - MINUTE)
        state = self._reserved()
        capped = counts
        if self._minutes >= WARM_UP_MINUTES:
            capped = np.minimum(counts, _CAP * expected + _CAP_STEP)
            self._learn_spread(capped, expected, spread)
        state[0] = state[0] * _LEVEL_DECAY + capped
        self._minutes = self._minutes * _LEVEL_DECAY + 1
        state[8] += capped
        self._hour_minutes += 1

    def _learn_spread(self, counts: Floats, expected: Floats, spread: Floats) -> None:
        state = self._reserved()
        # What is expected is itself a mean of so many minutes, and off by chance.
        noise = expected * (1 + 1 / self._minutes)
        # A spike tells nothing of how counts vary otherwise: three deviations at most.
        most = _OUTLIER * (noise + spread * expected**2)
        surprise = np.minimum((counts - expected) ** 2, most) - noise
        weight = (expected / (1 + expected)) ** 2
        state[1:3] *= _VALUE_DECAY
        state[1] += weight * surprise / np.maximum(expected, 1e-9) ** 2
        state[2] += weight

    def _learn_value(self, end: int, sums: Integers) -> None:
        mean, variance, drift, known = self.expected_value(end - MINUTE)
        del drift
        state = self._reserved()
        priced = sums[PRICED].astype(np.float64)
        logs, squares = sums[LOGS] / PER_NAT, sums[SQUARES] / PER_NAT
        found = logs / np.maximum(priced, 1)
        usual = (known > 0) & (priced > 0)
        lifted = np.where(usual, np.maximum(found, mean - _LOG_STEP), found)
        state[6:8] *= _VALUE_DECAY
        noise = variance / np.maximum(priced, 1)
        state[6] += np.where(usual, (lifted - mean) ** 2 - noise, 0.0) * (priced > 1)
        state[7] += usual & (priced > 1)
        state[3:6] *= _VALUE_DECAY
        state[3] += priced
        state[4] += lifted * priced
        state[5] += squares + (lifted**2 - found**2) * priced
        state[9] += priced
        state[10] += lifted * priced

    def _close_hour(self, start: int) -> HourRecord:
        state = self._reserved()
        hour = hour_of_week(start)
        counts = self._counts.learn(hour, state[8] / max(self._hour_minutes, 1))
        priced = state[9]
        logs = np.where(priced > 0, state[10] / np.maximum(priced, 1), np.nan)
        logs = self._logs.learn(hour, logs)
        state[8:11] = 0.0
        self._hour_minutes = 0
        self._seasonal = None
        return HourRecord(hour, list(self._names), counts.tobytes(), logs.tobytes())

    def _season(self, second: int) -> _Moment:
        """Return what is usual at a moment: at its hour, and at one that is near."""
        hours = ((second - _EDGE) // HOUR_SECONDS, (second + _EDGE) // HOUR_SECONDS)
        series = len(self._names)
        known = self._seasonal
        if known is None or known.hours != hours or len(known.counts) != series:
            near = [hour * HOUR_SECONDS for hour in hours]
            counts = [self._counts.at(moment, series) for moment in near]
            logs = [self._logs.at(moment, series) for moment in near]
            seen = [self._counts.seen(moment, series) for moment in near]
            known = _Moment(hours, np.fmax(*counts), np.fmin(*logs), ~np.logical_and(*seen))
            self._seasonal = known
        return known

    def _reserved(self) -> Floats:
        missing = len(self._names) - self._state.shape[1]
        if missing > 0:
            more = np.zeros((len(_STATE), missing))
            self._state = np.concatenate([self._state, more], axis=1)
        return self._state
