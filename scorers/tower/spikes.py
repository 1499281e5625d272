"""Which series have far more parcels, or far lower values, than is usual at this hour."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from schemas.lanes import PER_NAT
from scorers.features.batch import Flags, Floats, Integers
from scorers.tower.baseline import MINUTE, WARM_UP_MINUTES, Baseline
from scorers.tower.common import common_rise
from scorers.tower.deviance import excess
from scorers.tower.slots import LOGS, PRICED

SHORT_WINDOWS: Final = (30, 50)
LONG_WINDOW: Final = 600
"""Seconds. The short ones end with every slot, the long one with every minute. Of a spike 48 s are
seen when slots are judged for the last time within a minute after it began."""

FALSE_ALARM: Final = 1e-7
"""Chance that a test raises an alarm though nothing is unusual. A series is tested 18,720 times a
day: at most 0.06 false alarms in a month, if lanes vary as they are taken to."""

_LEAST_EXCESS: Final = -float(np.log(FALSE_ALARM))
_LEAST_DEVIATIONS: Final = 5.2
"""Of a normal variable: the same chance."""

_LEAST_COUNT: Final = 20
_LEAST_RATIO: Final = 2.0
_LEAST_FALL: Final = float(np.log(0.7))
_LEAST_KNOWN: Final = 200
_FLOOR: Final = 0.5
"""Parcels a minute expected of a series that has none."""


class Finding(NamedTuple):
    """A series in a window that is far off: what was found, and what was expected of it.

    A spike is told in parcels, a collapse in euro per kg. `strength` is how sure that is: the
    exponent of the chance that it is nothing, base e.
    """

    kind: str
    row: int
    start: int
    end: int
    found: float
    expected: float
    strength: float


def spikes(baseline: Baseline, counts: Integers, end: int, seconds: int) -> list[Finding]:
    """Return the series with too many parcels in the window of `seconds` before `end`."""
    if baseline.minutes < WARM_UP_MINUTES:
        return []
    expected, spread = baseline.expected(end - seconds // 2)
    expected = np.maximum(expected, _FLOOR) * seconds / MINUTE
    found = counts.astype(np.float64)
    strange = baseline.strange(end - seconds // 2)
    if strange.any():
        expected, spread = _of_the_day(found, expected, spread, strange)
    strength = excess(found, expected, spread)
    unusual = (strength > _LEAST_EXCESS) & (found >= _LEAST_COUNT)
    unusual &= found >= _LEAST_RATIO * expected
    rows = np.flatnonzero(unusual)
    # Python's own floats: NumPy's cannot be encoded.
    columns = (column[rows].tolist() for column in (found, expected, strength))
    return [
        Finding("spike", row, end - seconds, end, *figures)
        for row, *figures in zip(rows.tolist(), *columns, strict=True)
    ]


def _of_the_day(
    found: Floats, expected: Floats, spread: Floats, strange: Flags
) -> tuple[Floats, Floats]:
    """Return what is expected, and its spread, where a weekday is seen for the first time.

    Nobody knows yet how a Monday is where only Sundays were seen, but all series begin it at once:
    what most of them do now is expected of each, as exactly as they agree.
    """
    factor, variance = common_rise(found, expected)
    spread = np.where(strange, np.maximum(spread, variance), spread)
    return np.where(strange, expected * factor, expected), spread


def collapses(baseline: Baseline, sums: Integers, end: int, seconds: int) -> list[Finding]:
    """Return the series with far too low values per kg in the window of `seconds` before `end`."""
    if baseline.minutes < WARM_UP_MINUTES:
        return []
    mean, variance, drift, known = baseline.expected_value(end - seconds // 2)
    priced = sums[PRICED].astype(np.float64)
    found = sums[LOGS] / PER_NAT / np.maximum(priced, 1)
    deviations = _deviations(found - mean, variance, drift, priced, known)
    unusual = (deviations < -_LEAST_DEVIATIONS) & (found - mean < _LEAST_FALL)
    unusual &= (priced >= _LEAST_COUNT) & (known >= _LEAST_KNOWN)
    return [
        Finding(
            "price-collapse",
            row,
            end - seconds,
            end,
            float(np.exp(found[row])),
            float(np.exp(mean[row])),
            float(deviations[row] ** 2 / 2),
        )
        for row in np.flatnonzero(unusual).tolist()
    ]


def _deviations(
    fall: Floats, variance: Floats, drift: Floats, priced: Floats, known: Floats
) -> Floats:
    """Return differences of means in standard deviations."""
    uncertain = variance / np.maximum(priced, 1) + variance / np.maximum(known, 1)
    return fall / np.sqrt(uncertain + np.maximum(drift, 1e-4))
