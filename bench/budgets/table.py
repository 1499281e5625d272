"""How near the holds of each hour are to the budgets, counted without the policy's own accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bench.budgets.day import OFFICES, START, plan
from bench.budgets.runs import Result
from scorers.budgets.shifts import HOUR_SECONDS, working_times
from scorers.features.batch import Floats

_LEAST: Final = 100
"""Holds an hour from which 5 % is asked for."""

_ASKED: Final = 0.05

_BUDGETS: Final = tuple(plan().offices.get(name, plan().default) for name in OFFICES)


@dataclass
class Line:
    """One hour over all offices; the worst ones by the gap between holds and budget."""

    hour: int
    parcels: int
    budget: float
    held: int
    lowest: float
    highest: float
    offices: int
    small: float
    caught: float


def line_of(result: Result) -> Line:
    """Return an hour's line."""
    budgets, held = _budgets(result), _counted(result, result.held)
    large = budgets >= _LEAST
    gaps = held[large] / budgets[large] - 1
    others = ~large & (budgets > 0)
    small = (held - budgets)[others] / np.sqrt(budgets[others])
    return Line(
        result.hour.number - START,
        len(result.held),
        float(budgets.sum()),
        int(held.sum()),
        float(gaps.min()),
        float(gaps.max()),
        int(large.sum()),
        float(np.abs(small).max(initial=0.0)),
        _caught(result),
    )


def sliding(results: Iterable[Result]) -> tuple[float, float, float]:
    """Return the worst gaps, below and above, of any hour that begins at a full minute, and the
    share of gaps above 5 %."""
    minutes: list[Floats] = []
    for result in results:
        minutes += _by_minute(result)
    held, budget = (np.cumsum(column, axis=0) for column in np.array(minutes).transpose(1, 0, 2))
    held, budget = held[60:] - held[:-60], budget[60:] - budget[:-60]
    gaps = (held / np.maximum(budget, 1.0) - 1)[budget >= _LEAST]
    return float(gaps.min()), float(gaps.max()), float(np.mean(np.abs(gaps) > _ASKED))


def show(lines: list[Line]) -> str:
    """Return the table as text."""
    head = "hour  parcels  budget    held    gap   lowest highest offices  small  caught"
    rows = [
        f"{one.hour:4} {one.parcels:8,} {one.budget:7,.0f} {one.held:7,} "
        f"{one.held / one.budget - 1:+6.1%}  {one.lowest:+6.1%}  {one.highest:+6.1%} "
        f"{one.offices:7} {one.small:6.2f} {one.caught:7.1%}"
        for one in lines
    ]
    return "\n".join([head, *rows])


def report(lines: list[Line]) -> list[dict[str, Any]]:
    """Return the table as data."""
    return [vars(one) for one in lines]


def _working(result: Result) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which parcels come in their office's working time."""
    times = result.hour.parcels.times
    inside = np.zeros(len(times), np.bool_)
    for office, budget in enumerate(_BUDGETS):
        for start, end in working_times(budget.shifts, budget.zone, result.hour.number):
            inside |= (result.hour.offices == office) & (times >= start) & (times < end)
    return inside


def _seconds(office: int, hour: int, start: float, end: float) -> float:
    budget = _BUDGETS[office]
    spans = working_times(budget.shifts, budget.zone, hour)
    return sum(max(min(one[1], end) - max(one[0], start), 0.0) for one in spans)


def _allowed(result: Result, arrivals: Floats, start: float, end: float) -> Floats:
    """Return each office's budget for a part of the hour, from what came in it."""
    allowed = np.empty(len(OFFICES))
    for office, budget in enumerate(_BUDGETS):
        if budget.per_hour is None:
            allowed[office] = budget.most_share * arrivals[office]
        else:
            worked = _seconds(office, result.hour.number, start, end)
            allowed[office] = min(budget.per_hour * worked / HOUR_SECONDS, arrivals[office])
    return allowed


def _budgets(result: Result) -> Floats:
    start = float(result.hour.number * HOUR_SECONDS)
    return _allowed(result, _counted(result, _working(result)), start, start + HOUR_SECONDS)


def _counted(result: Result, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    offices = result.hour.offices[mask]
    return np.bincount(offices, minlength=len(OFFICES)).astype(np.float64)


def _by_minute(result: Result) -> list[Floats]:
    """Return holds and budget of each minute, by office."""
    begin = result.hour.number * HOUR_SECONDS
    minute = ((result.hour.parcels.times - begin) // 60).astype(np.int64)
    working = _working(result)
    lines = []
    for number in range(60):
        here = minute == number
        start = begin + 60.0 * number
        arrivals = _counted(result, working & here)
        lines.append(
            np.array(
                [
                    _counted(result, result.held & here),
                    _allowed(result, arrivals, start, start + 60),
                ]
            )
        )
    return lines


def _caught(result: Result) -> float:
    """Return violations held by score, relative to those among as many best of the whole hour."""
    found = ideal = 0
    by_lot = result.held & ~result.risky
    for office in range(len(OFFICES)):
        here = (result.hour.offices == office) & ~by_lot
        violations, scores = result.hour.violations[here], result.hour.parcels.scores[here]
        count = int(result.risky[here].sum())
        found += int(violations[result.risky[here]].sum())
        ideal += int(violations[np.argsort(-scores)[:count]].sum())
    return found / max(ideal, 1)
