"""A simulated day at 30 offices: scores that shift, a flood, shifts of work, mandatory holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Final

import numpy as np

from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.selection import Parcels
from scorers.budgets.shifts import HOUR_SECONDS, Shift
from scorers.features.batch import Floats

HOURS: Final = 24
OFFICES: Final = tuple(f"office-{number:02}" for number in range(30))
START: Final = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp()) // HOUR_SECONDS
"""A Monday, in hours since 1970."""

_TIMED: Final = range(24, 30)
_SHIFTED: Final = (28, 29)
_FLOODED: Final = (3, 4, 24, 28)
_FLOOD: Final = (14.0, 14.5)
_MANDATORY: Final = 0.001
_WORK: Final = Shift(days=("mon", "tue", "wed", "thu", "fri"), start=time(6), end=time(22))
_QUIET_HOURS: Final = 0.35


def plan() -> BudgetPlan:
    """Return the budgets: shares of 1 to 5 %, and numbers per hour, some by shifts."""
    offices = {}
    for number, name in enumerate(OFFICES[1:], start=1):
        if number in _TIMED:
            shifts = (_WORK,) if number in _SHIFTED else ()
            offices[name] = Budget(
                per_hour=150.0 + 50 * (number - _TIMED.start),
                explore=0.003,
                time_zone="Europe/Berlin",
                shifts=shifts,
            )
        else:
            offices[name] = Budget(share=0.01 * (1 + number % 5), explore=0.002)
    return BudgetPlan(default=Budget(share=0.03, explore=0.005), offices=offices)


@dataclass(frozen=True)
class Hour:
    """An hour's parcels in the order in which they came, and which of them are violations."""

    number: int
    parcels: Parcels
    offices: np.ndarray[tuple[int], np.dtype[np.int64]]
    violations: np.ndarray[tuple[int], np.dtype[np.bool_]]


def hours(per_hour: int, seed: int = 1) -> Iterator[Hour]:
    """Yield a day's hours, `per_hour` parcels in a usual one."""
    rng = np.random.default_rng(seed)
    for hour in range(HOURS):
        times, offices = _arrivals(rng, hour, per_hour)
        count = len(times)
        noise = rng.normal(size=count)
        strength = 1.2 * noise + _level(times)
        chance = 1 / (1 + np.exp(4.0 - 1.2 * noise))
        names = [OFFICES[office] for office in offices.tolist()]
        parcels = Parcels(
            scores=strength,
            draws=rng.random(count),
            offices=names,
            times=times + START * HOUR_SECONDS,
            mandatory=rng.random(count) < _MANDATORY,
        )
        yield Hour(START + hour, parcels, offices, rng.random(count) < chance)


def part(parcels: Parcels, start: int, stop: int) -> Parcels:
    """Return some parcels in a row."""
    return _columns(parcels, slice(start, stop), parcels.offices[start:stop])


def chosen(parcels: Parcels, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Parcels:
    """Return the parcels that `mask` marks."""
    names = [parcels.offices[index] for index in np.flatnonzero(mask).tolist()]
    return _columns(parcels, mask, names)


def _columns(parcels: Parcels, which: Any, names: Sequence[str]) -> Parcels:
    return replace(
        parcels,
        scores=parcels.scores[which],
        draws=parcels.draws[which],
        offices=names,
        times=parcels.times[which],
        mandatory=None if parcels.mandatory is None else parcels.mandatory[which],
    )


def _arrivals(
    rng: np.random.Generator, hour: int, per_hour: int
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return when parcels come, in seconds of the day, and at which office."""
    usual = per_hour * (1 - _QUIET_HOURS * np.cos(2 * np.pi * (hour - 2) / HOURS))
    weights = 1.0 + (np.arange(len(OFFICES)) % 3)
    offices = rng.choice(len(OFFICES), rng.poisson(usual), p=weights / weights.sum())
    times = (hour + rng.random(len(offices))) * HOUR_SECONDS
    if hour == int(_FLOOD[0]):
        # Ten times the usual number, all in half an hour.
        more = rng.choice(_FLOODED, 10 * np.isin(offices, _FLOODED).sum())
        offices = np.concatenate([offices, more])
        times = np.concatenate([times, rng.uniform(*_FLOOD, len(more)) * HOUR_SECONDS])
    order = np.argsort(times)
    return times[order], offices[order]


def _level(times: Floats) -> Floats:
    """Return the level of all scores: up at once at 10:00, down at 16:00, drifting after 18:00."""
    hour = times / HOUR_SECONDS
    return -4.0 + 1.5 * ((hour >= 10) & (hour < 16)) - 0.2 * np.maximum(hour - 18, 0.0)
